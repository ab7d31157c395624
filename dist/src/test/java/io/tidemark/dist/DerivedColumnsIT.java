package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.steer.DeadLetterRetry;
import io.tidemark.engine.steer.DeadLetterRetry.Outcome;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors that are partitioned by times which a text column holds. */
class DerivedColumnsIT {
    private static final TableId ORDERS = new TableId("public", "orders");
    private static final String TIMES = """
            slices: {interval: 1s}
            on-bad-value: %s
            tables:
              - include: public.orders
                partition: [%s]
                add:
                  created: {from: create_at, format: "yyyy-MM-dd HH:mm:ss", zone: Europe/Berlin}
                  year: {from: create_at, format: "yyyy-MM-dd HH:mm:ss", as: yyyy}
                  month: {from: create_at, format: "yyyy-MM-dd HH:mm:ss", as: MM}
            """;

    private static final Pattern PARTITION = Pattern.compile(
            "year=2023/month=06/created_day=2023-06-30/|\"partitionValues\":\\{(?=[^}]*:\"2023\")(?=[^}]*:\"06\")");

    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iceberg", "delta", "hudi"})
    void aTextColumnPartitionsMirrorsOfEveryFormat(String format) throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server,
                server.createDatabase(),
                folder,
                "  type: " + format + "\n" + TIMES.formatted("fail", "year, month, day(created)"))) {
            mirrored.execute(
                    "create table orders (id int primary key, create_at text, v int)",
                    "insert into orders values (1, '2023-06-30 22:30:00', 0), (2, '2024-01-01 00:00:00', 0), (3, null, 0)");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.prove();
            mirrored.execute(
                    "insert into orders values (4, '2023-07-01 10:00:00', 0)",
                    "update orders set v = 1 where id = 1",
                    // The row moves to another partition.
                    "update orders set create_at = '2024-02-29 23:59:59' where id = 2",
                    "update orders set create_at = '2025-01-01 00:00:00' where id = 3");
            mirrored.prove();
            assertThat(mirrored.query(
                            "select id, year, month, v, cast(epoch_us(created) as bigint) from orders order by id"))
                    .containsExactly(
                            List.of(1, "2023", "06", 1, 1_688_157_000_000_000L),
                            List.of(2, "2024", "02", 0, 1_709_247_599_000_000L),
                            List.of(3, "2025", "01", 0, 1_735_686_000_000_000L),
                            List.of(4, "2023", "07", 0, 1_688_198_400_000_000L));
            assertThat(texts(mirrored.lake()))
                    .anyMatch(text -> PARTITION.matcher(text).find());
            mirrored.execute("delete from orders where id = 1");
            mirrored.prove();
        }
    }

    @Test
    void aValueThatIsNoTimeFailsItsTable() throws Exception {
        try (MirroredDatabase mirrored =
                new MirroredDatabase(server, server.createDatabase(), folder, TIMES.formatted("fail", "year, month"))) {
            mirrored.execute(
                    "create table orders (id int primary key, create_at text, v int)",
                    "insert into orders values (1, '2023-06-30 22:30:00', 0)");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute("insert into orders values (2, '2023-02-30 00:00:00', 0)");
            mirrored.awaitState(ORDERS, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().reason())
                    .contains("Cannot tell column created of the mirror", "column=create_at");
        }
    }

    @Test
    void rowsOfLoadAndStreamThatHoldNoTimeAreSetAsideAndHealed() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server, server.createDatabase(), folder, TIMES.formatted("dead-letter", "year, month"))) {
            mirrored.execute(
                    "create table orders (id int primary key, create_at text, v int)",
                    "insert into orders select i, '2023-07-01 00:00:00', 0 from generate_series(1, 9) i",
                    "update orders set create_at = 'soon' where id = 5");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute(
                    "insert into orders values (20, '', 0), (21, '2023-08-01 00:00:00', 0)",
                    "update orders set create_at = 'later', id = 30 where id = 6",
                    "update orders set v = 1 where id = 7");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> letters(mirrored).size() == 3);
            assertThat(letters(mirrored))
                    .extracting(DeadLetter::operation, DeadLetter::keys)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("load", List.of(List.of("5"))),
                            org.assertj.core.groups.Tuple.tuple("insert", List.of(List.of("20"))),
                            org.assertj.core.groups.Tuple.tuple("update", List.of(List.of("30"), List.of("6"))));
            TableProof proof = mirrored.verify().proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.isExplained()).as("%s", proof.differences()).isTrue();
            assertThat(retry(mirrored)).containsOnly(Outcome.STILL_BAD);
            mirrored.execute("update orders set create_at = '2023-09-01 00:00:00' where create_at !~ '^2023'");
            assertThat(retry(mirrored)).containsOnly(Outcome.RESOLVED);
            mirrored.prove();
            assertThat(mirrored.query("select id from orders where month = '09' order by id"))
                    .containsExactly(List.of(5), List.of(20), List.of(30));
        }
    }

    private static List<DeadLetter> letters(MirroredDatabase mirrored) {
        return mirrored.pipeline().deadLetters().open();
    }

    private static List<Outcome> retry(MirroredDatabase mirrored) throws InterruptedException {
        return new DeadLetterRetry(mirrored.pipeline())
                .retry(letters(mirrored), Duration.ofMinutes(1)).stream()
                        .map(DeadLetterRetry.Result::outcome)
                        .toList();
    }

    /** Names of the lake's files, and Delta's log, which tells partitions instead of them. */
    private static List<String> texts(Path lake) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(lake)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.add(file.toString());
                if (file.getParent().endsWith("_delta_log") && file.toString().endsWith(".json")) {
                    texts.add(Files.readString(file));
                }
            }
        }
        return texts;
    }
}
