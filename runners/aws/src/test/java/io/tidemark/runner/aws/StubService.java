package io.tidemark.runner.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Takes the calls that the SDK makes of a service, and answers as the test says. It stands for the protocol only: no service was asked. */
final class StubService implements AutoCloseable {
    private final HttpServer server;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Function<Call, Answer> answers = call -> new Answer(500, "{}");

    /**
     * A call.
     *
     * @param action operation of a JSON service ({@code X-Amz-Target}), or method and path of a REST one
     * @param signature the {@code Authorization} header
     * @param body its JSON
     */
    record Call(String action, String signature, String body) {}

    /**
     * An answer.
     *
     * @param status status of HTTP
     * @param body JSON
     */
    record Answer(int status, String body) {}

    StubService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort();
    }

    void answer(Function<Call, Answer> next) {
        answers = next;
    }

    List<Call> calls(String action) {
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
    public void close() {
        server.stop(0);
    }
}
