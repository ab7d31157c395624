package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.testkit.server.BuiltJars;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on DynamoDB as a user meets it: its server downloaded, to the proof, kept and gone on with. */
class DynamoDbDemoIT {
    private static final String LOCAL_REPOSITORY = "maven.repo.local";

    private final AtomicInteger downloads = new AtomicInteger();
    private final String localBefore = System.getProperty(LOCAL_REPOSITORY);
    private HttpServer repository;

    @TempDir
    Path folder;

    @BeforeEach
    void startRepository() throws IOException {
        System.setProperty(LOCAL_REPOSITORY, folder.resolve("m2").toString());
        repository = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        repository.createContext("/", this::answer);
        repository.start();
    }

    @AfterEach
    void stopRepository() {
        repository.stop(0);
        if (localBefore == null) {
            System.clearProperty(LOCAL_REPOSITORY);
        } else {
            System.setProperty(LOCAL_REPOSITORY, localBefore);
        }
    }

    @Test
    void provesKeepsAndGoesOn() throws IOException {
        Path kept = folder.resolve("kept");
        RecordedCommand demo =
                demo("--dir", kept.toString(), "--keep", "--rows", "600", "--tps", "30", "--duration", "3s");
        assertThat(demo.exitCode()).as(demo.toString()).isZero();
        assertThat(demo.out().lines().limit(5))
                .containsExactly(
                        "A DynamoDB Local server of its own gets 600 rows and live writes, 30/s.",
                        "Tidemark mirrors it into an Iceberg lake, asks it in SQL, and proves both equal.",
                        "All of it is in " + kept + ".",
                        "DynamoDB Local is software of AWS under the DynamoDB Local License Agreement. Its files come",
                        "from Maven, at first use by download; it runs in this process, and nothing is sent to AWS.");
        assertThat(demo.out())
                .containsPattern("DynamoDB Local 2\\.6\\.1 runs on port \\d+")
                .contains("750 rows loaded into 3 tables", "rows mirrored", "Which articles sell best?")
                .containsPattern("sku-\\d+ +\\d+")
                .containsPattern("dynamodb.shop_customers +equal")
                .containsPattern("dynamodb.shop_orders +equal")
                .containsPattern("dynamodb.shop_parcels +equal")
                .containsPattern("dynamodb.shop_orders: compared (row by row|as a whole)")
                .containsPattern("Proven equal: 3 tables, [\\d,]+ rows.")
                .contains("proof      lake and database are equal")
                .doesNotContain("\u001b", "PostgreSQL");
        assertThat(downloads).hasValue(BuiltJars.dynamoDb().size());
        Path config = kept.resolve("tidemark.yaml");
        assertThat(config).content().contains("type: dynamodb", "secret-key: ${file:./database/secret-key}");
        assertThat(RecordedCommand.run(config, Map.of(), "slices").exitCode()).isZero();

        // Its server comes from the cache, its tables and streams are those of before.
        repository.stop(0);
        RecordedCommand again = demo("--dir", kept.toString(), "--tps", "30", "--duration", "2s", "--json");
        assertThat(again.exitCode()).as(again.toString()).isZero();
        assertThat(again.out())
                .startsWith("{")
                .contains("\"source\" : \"dynamodb\"", "\"kept\" : true", "\"load\" : null", "\"equal\" : true")
                .containsPattern("\"agreement\" : \"(per_row|quiesced)\"");
        assertThat(again.err())
                .startsWith("The DynamoDB Local server of an earlier demo runs again and gets live writes, 30/s.")
                .contains("database has its rows already");

        RecordedCommand other = RecordedCommand.run(
                folder.resolve("none.yaml"), Map.of(), "demo", "--dir", kept.toString(), "--duration", "1s");
        assertThat(other.err()).contains("a database of another type (folder=" + kept + ", source=postgres)");
    }

    @Test
    void saysThatItsServerCannotBeDownloadedAndLeavesNothing() {
        repository.stop(0);
        Path gone = folder.resolve("gone");
        RecordedCommand demo = demo("--dir", gone.toString());
        assertThat(demo.exitCode()).isEqualTo(6);
        assertThat(demo.err())
                .startsWith("error: Cannot download DynamoDB Local: Connection refused (url=" + url())
                .contains("name another one with --maven-repository", "code: DEMO_DATABASE");
        assertThat(gone).doesNotExist();
    }

    private RecordedCommand demo(String... options) {
        List<String> line = new ArrayList<>(List.of("demo", "--source", "dynamodb", "--maven-repository", url()));
        line.addAll(List.of(options));
        Map<String, String> environment =
                Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return RecordedCommand.run(folder.resolve("none.yaml"), environment, line.toArray(String[]::new));
    }

    private String url() {
        return "http://127.0.0.1:" + repository.getAddress().getPort() + "/maven2";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring("/maven2/".length());
            byte[] jar = Files.readAllBytes(BuiltJars.dynamoDbRepository().resolve(path));
            downloads.incrementAndGet();
            exchange.sendResponseHeaders(200, jar.length);
            exchange.getResponseBody().write(jar);
        }
    }
}
