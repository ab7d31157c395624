package io.tidemark.dist;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Trino server of one process, spoken to by its client protocol (Trino documentation, "Client REST API"). */
final class TrinoServer implements AutoCloseable {
    private static final List<String> PLUGINS = List.of("iceberg", "delta-lake", "hudi");

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Path folder;
    private final URI url;
    private final Process process;

    /**
     * @param home an unpacked trino-server
     * @param java a JDK that it runs on
     * @param catalogs properties of each catalog
     */
    TrinoServer(Path home, Path java, Path folder, Map<String, String> catalogs)
            throws IOException, InterruptedException {
        this.folder = folder;
        Path plugins = Files.createDirectories(folder.resolve("plugins"));
        for (String plugin : PLUGINS) {
            Files.createSymbolicLink(
                    plugins.resolve(plugin), home.resolve("plugin").resolve(plugin));
        }
        int port = freePort();
        this.url = URI.create("http://127.0.0.1:" + port);
        Path config = write("config.properties", """
                coordinator=true
                node-scheduler.include-coordinator=true
                http-server.http.port=%d
                discovery.uri=%s
                plugin.dir=%s
                query.max-memory-per-node=512MB
                """.formatted(port, url, plugins));
        for (Map.Entry<String, String> catalog : catalogs.entrySet()) {
            write("etc/catalog/" + catalog.getKey() + ".properties", catalog.getValue());
        }
        this.process = new ProcessBuilder(
                        java.resolve("bin/java").toString(),
                        "-Xmx2g",
                        "-Dnode.environment=test",
                        "-Dnode.id=test",
                        "-Dnode.bind-ip=127.0.0.1",
                        "-Dnode.internal-address=127.0.0.1",
                        "-Dnode.data-dir=" + folder.resolve("data"),
                        "-Dconfig=" + config,
                        "-Dcatalog.config-dir=" + folder.resolve("etc/catalog"),
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        home.resolve("lib") + "/*",
                        "io.trino.server.TrinoServer")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("trino.log").toFile())
                .start();
        boolean isStarted = false;
        try {
            await().atMost(Duration.ofMinutes(3))
                    .ignoreExceptions()
                    .until(() -> query("select 1").equals(List.of(List.of("1"))));
            isStarted = true;
        } finally {
            if (!isStarted) {
                close();
            }
        }
    }

    /** Rows of a query, values as text. */
    List<List<String>> query(String sql) throws IOException, InterruptedException {
        JsonNode answer = send(HttpRequest.newBuilder(url.resolve("/v1/statement"))
                .header("X-Trino-User", "test")
                .POST(HttpRequest.BodyPublishers.ofString(sql)));
        List<List<String>> rows = new ArrayList<>();
        while (true) {
            if (answer.has("error")) {
                throw new IOException(answer.get("error").get("message").asText() + " (sql=" + sql + ")");
            }
            for (JsonNode row : answer.path("data")) {
                List<String> values = new ArrayList<>();
                row.forEach(value -> values.add(value.asText()));
                rows.add(values);
            }
            if (!answer.has("nextUri")) {
                return rows;
            }
            answer =
                    send(HttpRequest.newBuilder(URI.create(answer.get("nextUri").asText())));
        }
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return json.readTree(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
