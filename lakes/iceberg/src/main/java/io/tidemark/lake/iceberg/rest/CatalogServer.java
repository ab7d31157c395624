package io.tidemark.lake.iceberg.rest;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.CatalogEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.rest.RESTResponse;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link CatalogRoutes} over HTTP. With a token every request must bring it; without one only this machine is served, and only under its own
 * name, so that a page in somebody's browser cannot reach the catalog through a name that it has pointed at this machine.
 */
public final class CatalogServer implements CatalogEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogServer.class);
    private static final ObjectMapper JSON = mapper();
    private static final String BEARER = "Bearer ";
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";
    private static final int THREADS = 8;
    private static final int WAITING_MAX = 256;
    private static final int CLOSE_SECONDS = 5;

    static {
        // The JDK's server sends head and body of an answer apart, and the body would wait until the client's kernel
        // acknowledges the head: 45 ms
        // an answer instead of 2 (measured on loopback). The property is read once (sun.net.httpserver.ServerConfig).
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
    }

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final URI uri;
    private final CatalogRoutes routes;
    private final Optional<String> token;

    private CatalogServer(HttpServer server, URI uri, CatalogRoutes routes, Optional<String> token) {
        this.server = server;
        this.threads = threads();
        this.uri = uri;
        this.routes = routes;
        this.token = token;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
    }

    /**
     * Starts to serve.
     *
     * @param token what requests must bring; empty to ask for none
     * @throws TidemarkException {@code CONFIG_INVALID} when the address is not this machine's, is in use, or is open to others without a token
     */
    public static CatalogServer open(ListenAddress address, Optional<String> token, CatalogRoutes routes) {
        InetAddress host = required(address, token);
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(host, address.port()), 0);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot serve the catalog: " + e.getMessage() + " (lake.serve=" + address + ")",
                    "Set lake.serve to an address of this machine and a port that no other process listens on.",
                    e);
        }
        String name = host.isAnyLocalAddress() ? "localhost" : address.host();
        URI uri = URI.create(
                "http://" + new ListenAddress(name, server.getAddress().getPort()));
        CatalogServer served = new CatalogServer(server, uri, routes, token);
        server.start();
        LOG.info("catalog served uri={} authentication={}", uri, token.isPresent() ? "token" : "none");
        return served;
    }

    /**
     * Tests whether the address may be served.
     *
     * @return the address resolved
     * @throws TidemarkException {@code CONFIG_INVALID} when it is not known, or is open to others without a token
     */
    public static InetAddress required(ListenAddress address, Optional<String> token) {
        InetAddress host;
        try {
            host = InetAddress.getByName(address.host());
        } catch (UnknownHostException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot serve the catalog: the host is not known (lake.serve=" + address + ")",
                    "Set lake.serve to an address of this machine, for example 127.0.0.1:8181.",
                    e);
        }
        if (token.isEmpty() && !host.isLoopbackAddress()) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot serve the catalog: other machines would reach it without authentication (lake.serve="
                            + address + ")",
                    "Set lake.serve-token, or let lake.serve be an address of this machine only, for example 127.0.0.1:8181.",
                    null);
        }
        return host;
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public List<String> instructions() {
        String authorization = token.isPresent() ? "TOKEN '...'" : "AUTHORIZATION_TYPE 'none'";
        return List.of(
                "Iceberg REST catalog, read-only: " + uri,
                "Attach DuckDB: ATTACH '' AS lake (TYPE iceberg, ENDPOINT '" + uri + "', " + authorization + ");");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("catalog requests still running after {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(HttpExchange exchange) {
        CatalogRequest request = CatalogRequest.of(exchange.getRequestMethod(), exchange.getRequestURI());
        try (exchange) {
            // What is left unread could reset the connection before the client has read the answer.
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            answer(exchange, request);
        } catch (IOException e) {
            LOG.debug("catalog answer not sent request={} reason={}", request, e.toString());
        }
    }

    private void answer(HttpExchange exchange, CatalogRequest request) throws IOException {
        Optional<RESTResponse> response;
        try {
            admit(exchange);
            response = routes.answer(request);
        } catch (RuntimeException e) {
            ErrorResponse error = ErrorAnswers.of(e, request);
            if (error.code() == 401) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            }
            send(exchange, error.code(), Optional.of(error));
            return;
        }
        send(exchange, response.isPresent() ? 200 : 204, response);
    }

    private void admit(HttpExchange exchange) {
        if (token.isEmpty()) {
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (host == null || !isThisMachine(host)) {
                throw new ForbiddenException(
                        "This catalog is served to this machine only, as localhost or by an address such as 127.0.0.1");
            }
            return;
        }
        String sent = exchange.getRequestHeaders().getFirst("Authorization");
        if (sent == null || !isToken(sent)) {
            throw new NotAuthorizedException(
                    "This catalog wants the token that lake.serve-token says: Authorization: Bearer TOKEN");
        }
    }

    private static boolean isThisMachine(String hostAndPort) {
        String host = hostAndPort.replaceFirst(":[0-9]*$", "");
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    /** Takes as long for a wrong token as for a right one. */
    private boolean isToken(String sent) {
        String expected = BEARER + token.orElseThrow();
        return MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, Optional<RESTResponse> content) throws IOException {
        if (content.isEmpty() || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        byte[] body = JSON.writeValueAsBytes(content.orElseThrow());
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Names fields as the specification does; Iceberg's own mapper of that kind is not public. */
    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        RESTSerializers.registerAll(mapper);
        return mapper;
    }

    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), work -> {
                    Thread thread = new Thread(work, "catalog-endpoint-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
