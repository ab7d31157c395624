package io.tidemark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Scale;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every benchmark with little work: it runs, and what Tidemark made of it is proven. How long it took is of no interest. */
class SmokeIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("tidemark.checkout"));

    @TempDir
    Path folder;

    static List<Benchmark> benchmarks() {
        return BenchCommand.BENCHMARKS;
    }

    @ParameterizedTest
    @MethodSource("benchmarks")
    void runs(Benchmark benchmark) throws Exception {
        Findings findings = benchmark.run(new Surroundings(Scale.SMOKE, 1, folder, CHECKOUT, System.out::println));

        assertThat(findings.series()).extracting(Series::side).contains(Side.TIDEMARK);
        if (List.of("snapshot", "capture").contains(benchmark.name())) {
            assertThat(findings.series()).extracting(Series::side).contains(Side.PEER);
        }
        assertThat(findings.series())
                .allSatisfy(series -> assertThat(series.runs()).hasSize(1));
        assertThat(folder)
                .as("what it made is deleted, but logs")
                .satisfies(left ->
                        assertThat(left.resolve("postgres").resolve("data")).doesNotExist());
    }
}
