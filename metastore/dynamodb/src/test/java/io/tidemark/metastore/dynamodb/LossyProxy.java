package io.tidemark.metastore.dynamodb;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.server.DynamoDbServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Hands calls of DynamoDB on, and loses the answers of some of them. */
final class LossyProxy implements AutoCloseable {
    private static final String TARGET = "X-Amz-Target";

    private final URI behind;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final AtomicInteger lost = new AtomicInteger();
    private volatile Set<String> toLose = Set.of();
    private volatile boolean isRefusing;

    LossyProxy(URI behind) throws IOException {
        this.behind = behind;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static DynamoDbClient client(DynamoDbServer server) {
        return DynamoDbClient.builder()
                .endpointOverride(server.endpoint())
                .region(Region.of(server.region()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
                .build();
    }

    URI endpoint() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    /** Loses the answer of the next call of one of these. */
    void loseNextAnswers(String... calls) {
        toLose = Set.of(calls);
    }

    /** How many answers were lost. */
    int lost() {
        return lost.get();
    }

    void refuseAll(boolean isToRefuse) {
        isRefusing = isToRefuse;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (isRefusing) {
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(behind.resolve("/")).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            for (String header : Set.of(TARGET, "Content-Type", "Authorization", "X-Amz-Date")) {
                String value = exchange.getRequestHeaders().getFirst(header);
                if (value != null) {
                    request.header(header, value);
                }
            }
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            String target = exchange.getRequestHeaders().getFirst(TARGET);
            if (toLose.contains(target.substring(target.indexOf('.') + 1))) {
                toLose = Set.of();
                lost.incrementAndGet();
                return;
            }
            answer.headers()
                    .firstValue("Content-Type")
                    .ifPresent(found -> exchange.getResponseHeaders().set("Content-Type", found));
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
