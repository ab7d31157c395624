package io.tidemark.testkit.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Takes the calls that the SDK makes of a service, and answers as the test says; also gives the SDK's default chain what it signs calls with. It stands
 * for the protocol only: no service was asked.
 */
public final class StubService implements BeforeEachCallback, AfterEachCallback {
    private static final List<String> CREDENTIALS = List.of("aws.accessKeyId", "aws.secretAccessKey");

    private @Nullable HttpServer server;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Function<Call, Answer> answers = call -> new Answer(500, "{}");

    /**
     * A call.
     *
     * @param action operation of a JSON service ({@code X-Amz-Target}), or method and path of a REST one
     * @param signature the {@code Authorization} header
     * @param body its JSON
     */
    public record Call(String action, String signature, String body) {}

    /**
     * An answer.
     *
     * @param status status of HTTP
     * @param body JSON
     */
    public record Answer(int status, String body) {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        CREDENTIALS.forEach(key -> System.setProperty(key, "stub"));
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        started.createContext("/", this::handle);
        started.start();
        server = started;
    }

    /** Where the service is called. */
    public String url() {
        InetSocketAddress address = Objects.requireNonNull(server).getAddress();
        return "http://" + address.getHostString() + ":" + address.getPort();
    }

    /** What calls are answered from now on; before the first, with status 500. */
    public void answer(Function<Call, Answer> next) {
        answers = next;
    }

    /** Calls of an action so far. */
    public List<Call> calls(String action) {
        return calls.stream().filter(call -> call.action().equals(action)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String action = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                .orElseGet(() -> exchange.getRequestMethod() + " "
                        + exchange.getRequestURI().getPath());
        Call call = new Call(action, exchange.getRequestHeaders().getFirst("Authorization"), body);
        calls.add(call);
        Answer answer = answers.apply(call);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Objects.requireNonNull(server).stop(0);
        CREDENTIALS.forEach(System::clearProperty);
    }
}
