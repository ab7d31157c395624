package io.tidemark.lake.iceberg.rest;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.storage.LocalFileIO;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTResponse;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ErrorResponse;

/** Somebody's REST catalog, which a lake keeps its mirrors in: it reads as ours does and writes besides. */
public final class ForeignRestCatalog implements AutoCloseable {
    private static final ObjectMapper JSON = mapper();

    private final JdbcCatalog catalog = new JdbcCatalog();
    private final CatalogRoutes reading;
    private final HttpServer server;

    public ForeignRestCatalog(Path folder) throws IOException {
        catalog.initialize(
                "foreign",
                Map.of(
                        "uri", "jdbc:sqlite:" + folder.resolve("foreign.db"),
                        "jdbc.schema-version", "V1",
                        "jdbc.synchronous", "OFF",
                        "clients", "1",
                        "warehouse", folder.toString(),
                        "io-impl", LocalFileIO.class.getName(),
                        "tidemark.sync", "false"));
        reading = new CatalogRoutes(catalog, "\0", Map.of());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    /** The catalog as another program sees it. */
    public JdbcCatalog catalog() {
        return catalog;
    }

    @Override
    public void close() {
        server.stop(0);
        catalog.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        CatalogRequest request = CatalogRequest.of(exchange.getRequestMethod(), exchange.getRequestURI());
        try (exchange) {
            Optional<RESTResponse> response;
            int code;
            try {
                response = request.reads() ? reading.answer(request) : write(exchange, request);
                code = response.isPresent() ? 200 : 204;
            } catch (RuntimeException e) {
                ErrorResponse error = error(e, request);
                code = error.code();
                response = request.method().equals("HEAD") ? Optional.empty() : Optional.of(error);
            }
            byte[] body = response.isEmpty() ? new byte[0] : JSON.writeValueAsBytes(response.orElseThrow());
            exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static ErrorResponse error(RuntimeException error, CatalogRequest request) {
        return error instanceof CommitFailedException || error instanceof AlreadyExistsException
                ? ErrorResponse.builder()
                        .responseCode(409)
                        .withType(error.getClass().getSimpleName())
                        .withMessage(error.getMessage())
                        .build()
                : ErrorAnswers.of(error, request);
    }

    private Optional<RESTResponse> write(HttpExchange exchange, CatalogRequest request) throws IOException {
        boolean isDelete = request.method().equals("DELETE");
        if (request.matches("v1", "namespaces")) {
            return Optional.of(CatalogHandlers.createNamespace(catalog, body(exchange, CreateNamespaceRequest.class)));
        } else if (request.matches("v1", "namespaces", "*", "tables")) {
            CreateTableRequest creation = body(exchange, CreateTableRequest.class);
            Namespace namespace = request.namespace(2);
            return Optional.of(
                    creation.stageCreate()
                            ? CatalogHandlers.stageTableCreate(catalog, namespace, creation)
                            : CatalogHandlers.createTable(catalog, namespace, creation));
        } else if (request.matches("v1", "namespaces", "*", "tables", "*")) {
            TableIdentifier table = TableIdentifier.of(request.namespace(2), request.name(4));
            if (!isDelete) {
                return Optional.of(
                        CatalogHandlers.updateTable(catalog, table, body(exchange, UpdateTableRequest.class)));
            } else if (request.parameter("purgeRequested")
                    .filter("true"::equals)
                    .isPresent()) {
                CatalogHandlers.purgeTable(catalog, table);
            } else {
                CatalogHandlers.dropTable(catalog, table);
            }
            return Optional.empty();
        } else if (request.matches("v1", "tables", "rename")) {
            CatalogHandlers.renameTable(catalog, body(exchange, RenameTableRequest.class));
            return Optional.empty();
        }
        throw new UnsupportedOperationException(request.toString());
    }

    private static <T> T body(HttpExchange exchange, Class<T> type) throws IOException {
        return JSON.readValue(exchange.getRequestBody(), type);
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
        RESTSerializers.registerAll(mapper);
        return mapper;
    }
}
