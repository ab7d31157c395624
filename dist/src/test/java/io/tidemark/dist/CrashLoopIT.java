package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes of all roles at named failpoints and at random, alone, together and with the database, under load: ten cycles, five hundred with
 * {@code -Pcrash-loop}, N with {@code -Dtidemark.crashes=N}. The tables must be equal to the source after each. {@code -Dtidemark.seed=S} chooses as a
 * run of as many cycles with this seed did, {@code -Dtidemark.crash.first=C} from its cycle C on.
 */
class CrashLoopIT {
    private static final int CYCLES = Integer.getInteger("tidemark.crashes", 10);
    private static final int FIRST = Integer.getInteger("tidemark.crash.first", 0);
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime() % 1_000_000);
    private static final int LONG = 100;
    private static final int ROWS_EVERY = 5;

    /** Little memory for transactions, so that many are streamed before they end. */
    private static final Map<String, String> SERVER =
            Map.of("logical_decoding_work_mem", "64kB", "autovacuum", "on", "max_wal_size", "256MB");

    private static final String CONFIG = """
            slices: {interval: 1s, keep: 1m}
            limits: {chunk-size: 1MiB}
            """;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void everyCrashEndsInAProof() throws Exception {
        CrashFigures figures = new CrashFigures();
        List<CrashPlan.Crash> crashes = CrashPlan.crashes(SEED, CYCLES >= LONG);
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(SERVER)) {
            String database = server.createDatabase();
            try (MirroredDatabase mirrored = new MirroredDatabase(server, database, folder, CONFIG);
                    SturdyWrites writes = new SturdyWrites(server, database);
                    CrashFleet fleet = new CrashFleet(mirrored.file(), folder)) {
                writes.load();
                writes.start(SEED);
                CrashLoop loop = new CrashLoop(server, database, mirrored, fleet, writes, figures);
                for (int cycle = FIRST; cycle < FIRST + CYCLES; cycle++) {
                    run(loop, CrashPlan.of(SEED, cycle, CYCLES >= LONG), cycle == FIRST + CYCLES - 1);
                    if (cycle % 10 == 9) {
                        System.out.println(figures.text(crashes, writes, fleet.reloads()));
                    }
                }
                fleet.stop();
                System.out.println(figures.text(crashes, writes, fleet.reloads()));
                if (CYCLES >= 2 * crashes.size()) {
                    assertThat(figures.neverReached(crashes)).isEmpty();
                }
                writes.close();
                aStrangersChangeIsFound(mirrored);
            }
        }
    }

    private static void run(CrashLoop loop, CrashPlan plan, boolean isLast) throws Exception {
        long began = System.nanoTime();
        try {
            loop.run(plan);
            if (isLast || plan.cycle() % ROWS_EVERY == ROWS_EVERY - 1) {
                loop.compareRows();
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    plan + " of -Dtidemark.seed=" + SEED + " -Dtidemark.crash.first=" + plan.cycle()
                            + " -Dtidemark.crashes=" + CYCLES + ": " + e.getMessage(),
                    e);
        }
        System.out.println("seed " + SEED + ", " + plan + ": " + (System.nanoTime() - began) / 1_000_000 + " ms");
    }

    /** The proof can fail. */
    private static void aStrangersChangeIsFound(MirroredDatabase mirrored) throws Exception {
        LakeTampering.changeRows(
                mirrored, CrashLoop.table("accounts"), "id", List.of(3, 1_200), "balance", 123_456_789L);
        assertThat(mirrored.verify().proofs().stream().flatMap(proof -> proof.differences().stream()))
                .containsExactlyInAnyOrder(
                        new KeyDifference(KeyDifference.Kind.DIFFERENT, List.of("3"), List.of("balance"), 1),
                        new KeyDifference(KeyDifference.Kind.DIFFERENT, List.of("1200"), List.of("balance"), 1));
    }
}
