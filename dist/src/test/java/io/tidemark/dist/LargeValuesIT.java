package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large values of each way they are carried, through load, stream, streamed transaction, fill from the mirror, proof and query. */
class LargeValuesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String CONFIGURATION = "slices: {interval: 1s}\ntables: [{include: public.large}]\n";

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
    @CsvSource({"40, false", "300, true"})
    void passTheWholeWay(int mebibytes, boolean slow) throws Exception {
        assumeThat(!slow || Boolean.getBoolean("tidemark.slow")).isTrue();
        long bytes = (long) Integer.getInteger("mib", mebibytes) << 20;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, CONFIGURATION)) {
            mirrored.execute(
                    "create table large (id int primary key, t text, b bytea, j jsonb, n int)",
                    "alter table large alter t set storage external, alter b set storage external, alter j set storage external",
                    "create table made (v text)",
                    // Hashes, so that nothing on the way gets smaller by compression than half.
                    "insert into made select string_agg(md5(i::text), '') from generate_series(1, " + bytes / 32 + ") i",
                    insert(1));
            mirrored.start();
            await().atMost(PATIENCE).untilAsserted(() -> mirrored.awaitLive("large"));
            mirrored.execute(
                    insert(11),
                    "begin; " + insert(21) + "; " + insert(31) + "; commit",
                    "update large set n = 1 where id in (1, 2, 3, 31, 32, 33)",
                    "update large set id = 100 + id where id in (11, 12, 13)");
            mirrored.prove();
            assertThat(mirrored.query(
                            "select count(*), max(length(t)), max(octet_length(b)), sum(n) from large"))
                    .isEqualTo(List.of(List.of(12L, bytes, bytes, java.math.BigInteger.valueOf(6))));
        }
    }

    private static String insert(int id) {
        return "insert into large select " + id + " + k, case k when 0 then v end, case k when 1 then v::bytea end,"
                + " case k when 2 then jsonb_build_object('v', left(v, 250000000)) end, 0 from made, generate_series(0, 2) k";
    }
}
