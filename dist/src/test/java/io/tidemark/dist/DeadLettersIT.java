package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.steer.DeadLetterRetry;
import io.tidemark.engine.steer.DeadLetterRetry.Outcome;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows whose values do not fit: set aside in load and stream, told by status and verify, healed by reading them again. */
class DeadLettersIT {
    private static final TableId ORDERS = new TableId("public", "orders");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String SET_ASIDE = "slices: {interval: 1s}\non-bad-value: dead-letter\n";

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

    @Test
    void rowsOfLoadAndStreamAreSetAsideToldAndHealed() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, SET_ASIDE)) {
            mirrored.execute(
                    "create table orders (id int, code text, at timestamp, v text, primary key (id, code))",
                    "insert into orders select i, 'c', case when i = 7 then 'infinity' else now() end, 'v'"
                            + " from generate_series(1, 1000) i");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute(
                    "insert into orders values (2000, 'x', '-infinity', 'new')",
                    "update orders set at = 'infinity', v = 'w' where id = 9",
                    "update orders set at = 'infinity', id = 3000 where id = 10",
                    "update orders set v = 'fits' where id = 11");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> letters(mirrored).size() == 4);
            assertThat(letters(mirrored))
                    .extracting(DeadLetter::operation, DeadLetter::keys)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("load", List.of(List.of("7", "c"))),
                            org.assertj.core.groups.Tuple.tuple("insert", List.of(List.of("2000", "x"))),
                            org.assertj.core.groups.Tuple.tuple("update", List.of(List.of("9", "c"))),
                            org.assertj.core.groups.Tuple.tuple(
                                    "update", List.of(List.of("3000", "c"), List.of("10", "c"))));
            TableProof proof = mirrored.verify().proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.isExplained()).isTrue();
            assertThat(proof.differences()).hasSize(5);
            assertThat(mirrored.status().tables().get(0).deadLetters()).isEqualTo(4);
            try (Stream<Path> files = Files.walk(mirrored.lake().resolve("errors"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".bin")))
                        .hasSize(4);
            }

            assertThat(retry(mirrored)).containsOnly(Outcome.STILL_BAD);
            assertThat(letters(mirrored)).hasSize(4);
            mirrored.execute("update orders set at = now() where id in (7, 9)", "delete from orders where id = 2000");
            assertThat(retry(mirrored))
                    .containsExactlyInAnyOrder(Outcome.RESOLVED, Outcome.RESOLVED, Outcome.RESOLVED, Outcome.STILL_BAD);
            mirrored.execute("update orders set at = now() where id = 3000");
            assertThat(retry(mirrored)).containsOnly(Outcome.RESOLVED);
            assertThat(letters(mirrored)).isEmpty();
            mirrored.prove();
            try (Stream<Path> files = Files.walk(mirrored.lake().resolve("errors"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".json")))
                        .allSatisfy(file -> assertThat(Files.readString(file)).contains("\"resolution\""));
            }
        }
    }

    @Test
    void anUpdateThatLacksValuesOfARowThatWasSetAsideIsLeftOutUntilTheRetry() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, SET_ASIDE)) {
            mirrored.execute(
                    "create table orders (id int primary key, at timestamp, doc text, n int)",
                    "alter table orders alter column doc set storage external",
                    "insert into orders select i, now(), repeat('a', 10000), 0 from generate_series(1, 5) i");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute(
                    "update orders set at = 'infinity', doc = repeat('b', 10000) where id = 1",
                    "insert into orders values (6, 'infinity', repeat('c', 10000), 0)");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> letters(mirrored).size() == 2);
            mirrored.execute(
                    "update orders set at = now(), n = 1 where id in (1, 6)",
                    "update orders set id = 60 where id = 6",
                    "update orders set n = 1 where id = 2");
            TableProof proof = mirrored.verify().proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.isExplained()).as("%s", proof.differences()).isTrue();
            assertThat(retry(mirrored)).containsOnly(Outcome.RESOLVED);
            mirrored.prove();
            assertThat(mirrored.query("select substr(doc, 1, 1), n from orders where id in (1, 60) order by id"))
                    .containsExactly(List.of("b", 1), List.of("c", 1));
        }
    }

    @Test
    void aTableWithoutAKeyIsHealedByALoadOnly() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, SET_ASIDE)) {
            mirrored.execute(
                    "create table orders (at timestamp, v text)",
                    "alter table orders replica identity full",
                    "insert into orders values ('infinity', 'loaded'), ('2026-01-01', 'fits')");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute(
                    "insert into orders values ('infinity', 'streamed')", "delete from orders where v = 'loaded'");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> letters(mirrored).size() == 3);
            TableProof proof = mirrored.verify().proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.isExplained()).isFalse();
            assertThat(proof.deadLetters()).isEqualTo(3);
            assertThat(retry(mirrored)).containsOnly(Outcome.NEEDS_RESYNC);
            mirrored.execute("update orders set at = now() where at = 'infinity'");
            new TableCommands(mirrored.pipeline()).resync(ORDERS);
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> letters(mirrored).isEmpty());
            mirrored.awaitLive("orders");
            mirrored.prove();
        }
    }

    @Test
    void aTableThatFailsTellsOfTheRowEvenWhenItIsResumed() throws Exception {
        String rules = """
                slices: {interval: 1s}
                on-bad-value: dead-letter
                tables:
                  - {include: public.orders, on-bad-value: fail}
                  - include: public.*
                """;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(
                    "create table orders (id int primary key, at timestamp)",
                    "create table others (id int primary key, at timestamp)");
            mirrored.start();
            mirrored.awaitLive("orders", "others");
            mirrored.execute(
                    "insert into orders values (1, 'infinity')",
                    "insert into others values (1, 'infinity')",
                    "insert into others values (2, now())");
            mirrored.awaitState(ORDERS, TableState.FAILED);
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.query("select id from others").equals(List.of(List.of(2))));
            new TableCommands(mirrored.pipeline()).resume(ORDERS);
            mirrored.awaitLive("orders", "others");
            assertThat(mirrored.verify().isExplained()).isTrue();
            mirrored.execute("update orders set at = now()", "update others set at = now()");
            assertThat(retry(mirrored)).containsOnly(Outcome.RESOLVED);
            mirrored.prove();
        }
    }

    @Test
    void lettersOutliveTheMetadataStore() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, SET_ASIDE)) {
            mirrored.execute(
                    "create table orders (id int primary key, at timestamp)",
                    "insert into orders values (1, 'infinity'), (2, now()), (3, now())");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute(
                    "update orders set at = 'infinity' where id = 2", "insert into orders values (4, 'infinity')");
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> letters(mirrored).size() == 3);
            mirrored.execute("update orders set at = now() where id = 4");
            String healed = letters(mirrored).stream()
                    .filter(letter -> letter.keys().contains(List.of("4")))
                    .findFirst()
                    .orElseThrow()
                    .id();
            assertThat(new DeadLetterRetry(mirrored.pipeline())
                            .retry(
                                    mirrored.pipeline().deadLetters().find(healed).stream()
                                            .toList(),
                                    PATIENCE))
                    .extracting(DeadLetterRetry.Result::outcome)
                    .containsExactly(Outcome.RESOLVED);
            List<DeadLetter> before = letters(mirrored);
            assertThat(before).hasSize(2);
            mirrored.stop();

            loseMetadata(mirrored);
            damage(mirrored, before.get(0).path() + "-copy.json");
            String letter =
                    Files.readString(mirrored.lake().resolve(before.get(1).path() + ".json"));
            Files.writeString(
                    mirrored.lake().resolve(before.get(1).path() + "-other.json"),
                    letter.replace(before.get(1).position().toString(), "nowhere"));
            assertThat(letters(mirrored)).isEqualTo(before);
            mirrored.stop();
            assertThat(run(mirrored, "dead-letters", "list").out())
                    .contains(before.get(0).id(), before.get(1).id())
                    .doesNotContain(healed);

            mirrored.start();
            mirrored.awaitLive("orders");
            TableProof proof = mirrored.verify().proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.isExplained()).isTrue();
            mirrored.execute("update orders set at = now()");
            assertThat(retry(mirrored)).isNotEmpty().containsOnly(Outcome.RESOLVED);
            mirrored.prove();
            mirrored.stop();
            loseMetadata(mirrored);
            assertThat(letters(mirrored)).isEmpty();
        }
    }

    private static void loseMetadata(MirroredDatabase mirrored) throws IOException {
        try (Stream<Path> files = Files.list(mirrored.config().state())) {
            for (Path file : files.filter(
                            found -> found.getFileName().toString().startsWith("metadata.db"))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    private static void damage(MirroredDatabase mirrored, String path) throws IOException {
        Files.writeString(mirrored.lake().resolve(path), "{\"id\" : \"0123");
    }

    @Test
    void moreRowsThanTheLimitFailTheTable() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server, server.createDatabase(), folder, SET_ASIDE + "limits: {dead-letters: 3}\n")) {
            mirrored.execute("create table orders (id int primary key, at timestamp)");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.execute("insert into orders select i, 'infinity' from generate_series(1, 5) i");
            mirrored.awaitState(ORDERS, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().code())
                    .isEqualTo("LIMIT_EXCEEDED");
            assertThat(letters(mirrored)).hasSize(4);
            assertThat(letters(mirrored).stream().filter(letter -> !letter.canRetry()))
                    .hasSize(1);
        }
    }

    @Test
    void commandsListShowAndRetryWhileNobodyRunsThePipeline() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, SET_ASIDE)) {
            mirrored.execute(
                    "create table orders (id int primary key, at timestamp)",
                    "insert into orders values (1, 'infinity'), (2, now())");
            mirrored.start();
            mirrored.awaitLive("orders");
            String id = letters(mirrored).get(0).id();
            mirrored.stop();
            assertThat(run(mirrored, "dead-letters", "list", "orders").out())
                    .contains(id, "public.orders", "load", "infinity is no timestamp");
            assertThat(run(mirrored, "dead-letters", "list", "--json").out()).contains("\"id\" : \"" + id + "\"");
            assertThat(run(mirrored, "dead-letters", "show", id).out())
                    .contains("key          1\n", ".bin", "tidemark dead-letters retry " + id);
            assertThat(run(mirrored, "dead-letters", "show", "000000000000").err())
                    .contains("Cannot find dead letter 000000000000");
            assertThat(run(mirrored, "status").out()).contains("SET ASIDE", "public.orders lacks rows: 1 dead letter");
            RecordedCommand verify = run(mirrored, "verify");
            assertThat(verify.exitCode()).isEqualTo(12);
            assertThat(verify.out())
                    .contains("1 dead letter explains all differences", "rows that were set aside only");
            RecordedCommand bad = run(mirrored, "dead-letters", "retry", "--all");
            assertThat(bad.exitCode()).isEqualTo(13);
            assertThat(bad.out()).contains("still has a value that does not fit", "0 of 1 dead letter resolved");
            assertThat(run(mirrored, "dead-letters", "retry").exitCode()).isEqualTo(2);
            mirrored.execute("update orders set at = now() where id = 1");
            RecordedCommand good = run(mirrored, "dead-letters", "retry", id);
            assertThat(good.exitCode()).as(good.toString()).isZero();
            assertThat(good.out()).contains("1 of 1 dead letter resolved");
            assertThat(run(mirrored, "dead-letters", "list").out()).isEqualTo("No dead letters.\n");
            assertThat(run(mirrored, "verify").exitCode()).isZero();
        }
    }

    private static RecordedCommand run(MirroredDatabase mirrored, String... args) {
        return RecordedCommand.run(mirrored.file(), java.util.Map.of(), args);
    }

    private static List<DeadLetter> letters(MirroredDatabase mirrored) {
        return mirrored.pipeline().deadLetters().open(ORDERS);
    }

    private static List<Outcome> retry(MirroredDatabase mirrored) throws InterruptedException {
        List<DeadLetter> letters = mirrored.pipeline().deadLetters().open();
        return new DeadLetterRetry(mirrored.pipeline())
                .retry(letters, PATIENCE).stream()
                        .map(DeadLetterRetry.Result::outcome)
                        .toList();
    }
}
