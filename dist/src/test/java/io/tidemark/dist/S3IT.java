package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import io.tidemark.testkit.s3.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lake in S3: loaded, changed, asked, proven, and the same again after the storage was away. */
class S3IT {
    private static final TableId ACCOUNTS = new TableId("public", "pgbench_accounts");
    private static final List<String> CREDENTIALS = List.of("aws.accessKeyId", "aws.secretAccessKey");
    private static final String SUM = "select sum(abalance), count(*) from pgbench_accounts";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"iceberg", "delta"})
    void aLakeInS3EqualsItsDatabase(String format) throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                S3Server storage = S3Server.start(folder.resolve("s3"))) {
            String location = storage.createBucket("bucket") + "/some/lake";
            String database = server.createDatabase();
            try (TpcB load = new TpcB(server, database, 1);
                    MirroredDatabase mirror = new MirroredDatabase(
                            server,
                            database,
                            database,
                            Files.createDirectories(folder.resolve("mirror")),
                            location,
                            settings(storage, format))) {
                load.load();
                mirror.start();
                mirror.awaitLive("pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers");
                load.start(1);
                mirror.prove();
                survivesAnOutage(storage, load, mirror);
                List<List<Object>> sums = mirror.query(SUM);
                asksWithLocalCopies(mirror, sums);
                new TableCommands(mirror.pipeline()).resync(ACCOUNTS);
                mirror.awaitState(ACCOUNTS, TableState.PENDING);
                mirror.awaitLive("pgbench_accounts");
                mirror.prove();
                assertThat(mirror.query(SUM)).isEqualTo(sums);
                assertThat(mirror.query("select count(*) > 0 from history.public.pgbench_tellers"))
                        .containsExactly(List.of(true));
            }
            assertThat(folder.resolve("mirror/lake")).doesNotExist();
        }
    }

    /** Mirrors are registered when they are loaded; the stub stands for the protocol of AWS Glue only. */
    @Test
    void deltaMirrorsInS3AreRegisteredInACatalog() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        HttpServer glue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        glue.createContext("/", exchange -> {
            String action = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            calls.add(action + " " + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            boolean isFound = !action.endsWith("GetTable");
            byte[] answer =
                    (isFound ? "{}" : "{\"__type\":\"EntityNotFoundException\"}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isFound ? 200 : 400, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        glue.start();
        CREDENTIALS.forEach(key -> System.setProperty(key, "stub"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                S3Server storage = S3Server.start(folder.resolve("s3"))) {
            String location = storage.createBucket("bucket") + "/lake";
            String catalog = "catalog: {type: glue, database: lake, region: eu-west-1, endpoint: \"http://127.0.0.1:"
                    + glue.getAddress().getPort() + "\"}\n";
            String database = server.createDatabase();
            try (MirroredDatabase mirror = new MirroredDatabase(
                    server, database, database, folder, location, settings(storage, "delta") + catalog)) {
                mirror.execute("create table orders (id int primary key)", "insert into orders values (1)");
                mirror.start();
                await().atMost(MirroredDatabase.PATIENCE)
                        .until(() -> calls.stream()
                                .anyMatch(call -> call.startsWith("AWSGlue.CreateTable")
                                        && call.contains("\"Name\":\"orders\"")
                                        && call.contains("\"Location\":\"" + location + "/mirror/public/orders\"")));
                mirror.awaitLive("orders");
            }
        } finally {
            CREDENTIALS.forEach(System::clearProperty);
            glue.stop(0);
        }
    }

    private static void survivesAnOutage(S3Server storage, TpcB load, MirroredDatabase mirror) throws Exception {
        storage.stop();
        long before = load.transactions();
        await().atMost(MirroredDatabase.PATIENCE).until(() -> load.transactions() > before + 100);
        storage.restart();
        load.close();
        mirror.prove();
    }

    /** The files of a query are copied once, by whatever process. */
    private void asksWithLocalCopies(MirroredDatabase mirror, List<List<Object>> sums) {
        mirror.stop();
        Map<String, Long> copies = copies();
        assertThat(copies).isNotEmpty();
        assertThat(mirror.query(SUM)).isEqualTo(sums);
        assertThat(copies()).isEqualTo(copies);
        mirror.start();
    }

    private Map<String, Long> copies() {
        try (Stream<Path> files = Files.list(folder.resolve("mirror/.tidemark/scratch/copies/kept"))) {
            return files.collect(Collectors.toMap(
                    file -> file.getFileName().toString(), file -> file.toFile().length(), Long::max, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String settings(S3Server storage, String format) {
        String properties = storage.properties().entrySet().stream()
                .map(property -> "    " + property.getKey() + ": \"" + property.getValue() + "\"\n")
                .collect(Collectors.joining());
        return "  type: " + format + "\n  properties:\n" + properties
                + "slices: {interval: 1s}\ntables:\n  - {include: public.*}\n";
    }
}
