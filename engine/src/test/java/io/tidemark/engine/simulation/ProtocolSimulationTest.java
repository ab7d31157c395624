package io.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tidemark.engine.simulation.Schedule.Result;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole protocol, with everything that the outside world can do to it: capture, snapshot, orchestrator, worker and verify as they are, in a world
 * that is made up ({@link World}). A seed that fails prints its last steps; {@code -DargLine=-Dtidemark.seed=N} runs it alone.
 */
class ProtocolSimulationTest {
    private static final boolean IS_SLOW = Boolean.getBoolean("tidemark.slow");
    private static final long SCHEDULES = Long.getLong("tidemark.schedules", IS_SLOW ? 100_000 : 200);
    private static final long SEED = Long.getLong("tidemark.seed", -1);
    private static final int FOUND_WITHIN = 300;

    @TempDir
    private Path folder;

    @Test
    void whateverHappensNothingIsLostNothingIsTwiceAndAllComesToRest() {
        LongStream seeds = SEED < 0 ? LongStream.range(0, SCHEDULES) : LongStream.of(SEED);
        Result all = (IS_SLOW ? seeds.parallel() : seeds)
                .mapToObj(seed -> new Schedule(folder, seed, null).run())
                .reduce(Result.NONE, Result::plus);
        System.out.println(all);
        if (SEED < 0) {
            // The schedules are of no use when little happens in them.
            assertThat(all.exactCommits()).isGreaterThan(5 * SCHEDULES);
            assertThat(all.cuts()).isGreaterThan(SCHEDULES);
            assertThat(all.proofs()).isGreaterThan(3 * SCHEDULES);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Bug.class,
            mode = EnumSource.Mode.EXCLUDE,
            // Too rarely found to be asked for.
            names = {"STORE_DOES_NOT_COMPARE", "OBJECTS_APPEAR_HALF"})
    void findsPlantedBugs(Bug bug) {
        for (long seed = 0; seed < FOUND_WITHIN; seed++) {
            try {
                new Schedule(folder, seed, bug).run();
            } catch (AssertionError e) {
                System.out.println(bug + ": seed " + seed + ": " + what(e));
                return;
            }
        }
        fail("%s is not found by %d schedules", bug, FOUND_WITHIN);
    }

    private static String what(AssertionError error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    }
}
