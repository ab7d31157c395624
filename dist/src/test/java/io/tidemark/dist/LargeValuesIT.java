package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.source.postgres.type.RowLimit;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large values of each form, through load, stream, streamed transaction, fill from the mirror, proof and query; and those that are too large. */
class LargeValuesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final int JSONB_BYTES_MAX = 250_000_000;

    @TempDir
    Path folder;

    @Test
    void passTheWholeWay() throws Exception {
        proveWith(20 << 20, folder);
    }

    /** The largest rows with the heap that the documentation names for them. */
    @Test
    void theLargestPassTheWholeWay() throws Exception {
        assumeThat(Boolean.getBoolean("tidemark.slow")).isTrue();
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx8g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Alone.class.getName(),
                        Integer.toString(RowLimit.BYTES_MAX - 1024),
                        Files.createDirectory(folder.resolve("alone")).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    }

    @Test
    void rowsThatAreTooLargeAreErrorsOfTheirTableOnly() throws Exception {
        int limit = RowLimit.ofHeap().bytesMax();
        String rules = """
                slices: {interval: 1s}
                tables:
                  - {include: public.letters, on-bad-value: dead-letter}
                  - {include: public.strings, on-bad-value: string}
                  - include: public.*
                """;
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(
                    "create table letters (id int primary key, v bytea, w bytea)",
                    "create table strings (id int primary key, v bytea)",
                    "create table others (id int primary key)",
                    "insert into letters values (1, 'fits'), (2, " + zeros(limit) + ")");
            mirrored.start();
            mirrored.awaitLive("letters", "strings", "others");
            mirrored.execute(
                    "insert into letters values (3, " + zeros(limit / 2) + ", " + zeros(limit / 2) + ")",
                    "insert into strings values (1, " + zeros(limit) + ")",
                    "insert into letters values (4, 'fits')",
                    "insert into others values (1)");
            mirrored.awaitState(new TableId("public", "strings"), TableState.FAILED);
            assertThat(mirrored.pipeline()
                            .registry()
                            .load(new TableId("public", "strings"))
                            .failure()
                            .reason())
                    .contains("too large (table=public.strings, column=v, bytes=", "limit=" + limit);
            await().atMost(PATIENCE)
                    .until(() -> mirrored.query("select id from others").equals(List.of(List.of(1))));
            await().atMost(PATIENCE)
                    .until(() -> mirrored.query("select id from letters order by id")
                            .equals(List.of(List.of(1), List.of(4))));
            TableId letters = new TableId("public", "letters");
            assertThat(mirrored.pipeline().deadLetters().open(letters))
                    .extracting(DeadLetter::keys)
                    .containsExactlyInAnyOrder(List.of(List.of("2")), List.of(List.of("3")));
            assertThat(mirrored.pipeline().deadLetters().open(letters))
                    .allSatisfy(letter -> assertThat(letter.bytes()).isEqualTo(RowLimit.HEAD_BYTES));
            TableProof proof = mirrored.verify().proofs().stream()
                    .filter(found -> found.table().equals(letters))
                    .findFirst()
                    .orElseThrow();
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
            assertThat(proof.isExplained()).isTrue();
        }
    }

    private static String zeros(int bytes) {
        return "decode(repeat('00', " + bytes + "), 'hex')";
    }

    private static void proveWith(int bytes, Path folder) throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                MirroredDatabase mirrored = new MirroredDatabase(
                        server,
                        server.createDatabase(),
                        folder,
                        "slices: {interval: 1s}\nlimits: {query-memory: 4GiB}\ntables: [{include: public.large}]\n")) {
            mirrored.execute(
                    "create table large (id int primary key, t text, b bytea, j jsonb, n int)",
                    "alter table large alter t set storage external, alter b set storage external, alter j set storage external",
                    "create table made (v text)",
                    // Hashes, so that compression halves them at best.
                    "insert into made select string_agg(md5(i::text), '') from generate_series(1, " + bytes / 32
                            + ") i",
                    insert(1));
            mirrored.start();
            await().atMost(PATIENCE)
                    .until(() -> mirrored.pipeline()
                            .registry()
                            .find(new TableId("public", "large"))
                            .filter(record -> record.state() == TableState.LIVE)
                            .isPresent());
            mirrored.execute(
                    insert(11),
                    "begin; " + insert(21) + "; commit",
                    "update large set n = 1 where id in (1, 2, 3)",
                    "update large set id = 100 + id where id in (11, 12, 13)");
            mirrored.prove();
            long length = bytes / 32 * 32L;
            long jsonLength = Math.min(length, JSONB_BYTES_MAX) + "{'v': ''}".length();
            assertThat(mirrored.query(
                            "select count(*), max(length(t)), max(octet_length(b)), max(length(j)), sum(n) from large"))
                    .isEqualTo(List.of(List.of(9L, length, length, jsonLength, BigInteger.valueOf(3))));
        }
    }

    private static String insert(int id) {
        return "insert into large select " + id + " + k, case k when 0 then v end, case k when 1 then v::bytea end,"
                + " case k when 2 then jsonb_build_object('v', left(v, " + JSONB_BYTES_MAX
                + ")) end, 0 from made, generate_series(0, 2) k";
    }

    /** A process of its own, which has the heap. */
    static final class Alone {
        private Alone() {}

        public static void main(String[] arguments) throws Exception {
            proveWith(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
        }
    }
}
