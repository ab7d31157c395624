package io.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole protocol, with everything that the outside world can do to it: capture, snapshot, orchestrator, worker and verify as they are, in a world
 * that is made up ({@link World}). A seed that fails prints its last steps; {@code -Dtidemark.seed=N} runs it alone.
 */
class ProtocolSimulationTest {
    private static final long SCHEDULES = Long.getLong("tidemark.schedules", 1_000);

    @TempDir
    private Path folder;

    @Test
    void whateverHappensNothingIsLostNothingIsTwiceAndAllComesToRest() {
        long only = Long.getLong("tidemark.seed", -1);
        long first = only < 0 ? 0 : only;
        long last = only < 0 ? SCHEDULES : only + 1;
        long exactCommits = 0;
        long crashes = 0;
        long proofs = 0;
        long cuts = 0;
        for (long seed = first; seed < last; seed++) {
            Schedule.Result result = new Schedule(folder, seed, null).run();
            exactCommits += result.exactCommits();
            crashes += result.crashes();
            proofs += result.proofs();
            cuts += result.cuts();
        }
        System.out.println("schedules=" + (last - first) + " exactCommits=" + exactCommits + " crashes=" + crashes
                + " proofs=" + proofs + " cuts=" + cuts);
        if (only < 0) {
            assertThat(exactCommits).isGreaterThan(10 * SCHEDULES);
            assertThat(cuts).isGreaterThan(SCHEDULES);
        }
    }

    @ParameterizedTest
    @EnumSource(Bug.class)
    void findsPlantedBugs(Bug bug) {
        for (long seed = 0; seed < 300; seed++) {
            try {
                new Schedule(folder, seed, bug).run();
            } catch (AssertionError e) {
                System.out.println(bug + ": found by seed " + seed + ": "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
                return;
            }
        }
        assertThat(bug).as("not found").isNull();
    }
}
