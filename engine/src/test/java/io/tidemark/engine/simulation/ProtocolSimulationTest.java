package io.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tidemark.engine.simulation.Schedule.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole protocol, with everything that the outside world can do to it: capture, snapshot, orchestrator, worker and verify as they are, in a world
 * that is made up ({@link World}). A seed that fails leaves its steps in {@code target/simulation}; {@code -Dtidemark.seed=N} runs it
 * alone, with {@code -Dtidemark.schedules=M} the M seeds from there on. One that found something new belongs into {@code regressions.csv}.
 */
class ProtocolSimulationTest {
    private static final boolean IS_SLOW = Boolean.getBoolean("tidemark.slow");
    private static final long SEED = Long.getLong("tidemark.seed", -1);
    private static final long SCHEDULES = Long.getLong("tidemark.schedules", SEED >= 0 ? 1 : IS_SLOW ? 100_000 : 1_000);
    private static final int FOUND_WITHIN = 300;

    @TempDir
    private Path folder;

    @Test
    void whateverHappensNothingIsLostNothingIsTwiceAndAllComesToRest() {
        long first = Math.max(0, SEED);
        LongStream seeds = LongStream.range(first, first + SCHEDULES);
        Result all = (IS_SLOW ? seeds.parallel() : seeds).mapToObj(this::run).reduce(Result.NONE, Result::plus);
        System.out.println(all);
        if (SEED < 0) {
            // The schedules are of no use when little happens in them.
            assertThat(all.exactCommits()).isGreaterThan(5 * SCHEDULES);
            assertThat(all.cuts()).isGreaterThan(SCHEDULES);
            assertThat(all.proofs()).isGreaterThan(3 * SCHEDULES);
        }
    }

    /** Seeds that once found something; a change of the program or of the world gives a seed another meaning, so that only the newest are telling. */
    @ParameterizedTest
    @CsvFileSource(resources = "regressions.csv", numLinesToSkip = 1)
    void whatFailedOnceDoesNotFailAgain(long seed, String found) {
        assertThat(found).as("what seed %d found", seed).isNotBlank();
        assertThat(run(seed).schedules()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Bug.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"LOADS_ARE_NOT_FENCED", "STORE_DOES_NOT_COMPARE"})
    void findsPlantedBugs(Bug bug) {
        finds(bug, FOUND_WITHIN);
    }

    /**
     * What does harm in few schedules of a thousand: a table has to be loaded anew in the midst of a chunk; fences catch nearly all that a store which
     * does not compare lets through.
     */
    @ParameterizedTest
    @EnumSource(names = {"LOADS_ARE_NOT_FENCED", "STORE_DOES_NOT_COMPARE"})
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    void findsRareBugs(Bug bug) {
        finds(bug, 10 * FOUND_WITHIN);
    }

    private void finds(Bug bug, int within) {
        for (long seed = 0; seed < within; seed++) {
            try {
                new Schedule(folder, seed, bug).run();
            } catch (AssertionError e) {
                System.out.println(bug + ": seed " + seed + ": " + what(e));
                return;
            }
        }
        fail("%s is not found by %d schedules", bug, within);
    }

    private Result run(long seed) {
        try {
            return new Schedule(folder, seed, null).run();
        } catch (AssertionError e) {
            keep(seed, e);
            throw e;
        }
    }

    private static void keep(long seed, AssertionError error) {
        try {
            Path steps =
                    Files.createDirectories(Path.of("target", "simulation")).resolve("seed-" + seed + ".txt");
            Files.writeString(steps, String.valueOf(error.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String what(AssertionError error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    }
}
