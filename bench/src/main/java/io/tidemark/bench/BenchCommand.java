package io.tidemark.bench;

import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Result;
import io.tidemark.bench.contest.Scale;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.postgres.BenchTable;
import io.tidemark.bench.postgres.ChangeShape;
import io.tidemark.bench.report.ResultFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Program entry of the benchmarks: {@code ./tidemark bench} in a source checkout. */
@Command(
        name = "tidemark bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures Tidemark beside the limit of the machine and beside its peers, and writes the page docs/internals/performance.md.",
        footer = {"", "Run it on a quiet machine: what else runs there is measured too."})
public final class BenchCommand implements Callable<Integer> {
    static final List<Benchmark> BENCHMARKS = List.of(
            new StartBenchmark(),
            new SnapshotBenchmark(BenchTable.BANK, 10_000_000),
            new SnapshotBenchmark(BenchTable.WIDE, 1_000_000),
            new SnapshotBenchmark(BenchTable.KILOBYTE, 1_000_000),
            new CaptureBenchmark(10, 6_000_000),
            new CaptureBenchmark(1, 1_000_000),
            new CaptureBenchmark(1_000, 6_000_000),
            new CaptureBenchmark(5_000_000, 5_000_000),
            ApplyBenchmark.ofEach(ChangeShape.RECENT, 200_000, 150),
            ApplyBenchmark.ofEach(ChangeShape.RANDOM, 100_000, 300),
            ApplyBenchmark.ofBacklog(500_000),
            new ChainBenchmark(),
            new GrowthBenchmark(),
            new LoopsBenchmark(),
            new LiveBenchmark());

    /** The launcher names it; otherwise it is the current folder. */
    private static final Path CHECKOUT = Path.of(System.getProperty("tidemark.checkout", ""))
            .toAbsolutePath()
            .normalize();

    private static final String ALL = "all";
    private static final String SMOKE = "smoke";

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description =
                    "Benchmarks to run; 'all' for all of them; 'smoke' before names, or alone for all, for little work, to"
                            + " see whether they work. Without a name, lists them.")
    private List<String> names = List.of();

    @Option(names = "--runs", paramLabel = "N", description = "Runs of each contender (default: 3; 1 for smoke).")
    private int runs;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the page and its files are written (default: docs/internals).")
    private Path out = CHECKOUT.resolve("docs").resolve("internals");

    /** Used by picocli. */
    private BenchCommand() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (names.isEmpty()) {
            BENCHMARKS.forEach(benchmark -> System.out.printf("%-18s %s%n", benchmark.name(), benchmark.title()));
            return 0;
        }
        boolean isSmoke = names.contains(SMOKE);
        for (Benchmark benchmark : wanted()) {
            Result result = run(benchmark, isSmoke ? Scale.SMOKE : Scale.FULL);
            if (!isSmoke) {
                ResultFiles files = new ResultFiles(out);
                files.write(result);
                files.writePage(BENCHMARKS.stream().map(Benchmark::name).toList());
            }
        }
        return 0;
    }

    private List<Benchmark> wanted() {
        if (names.contains(ALL) || names.equals(List.of(SMOKE))) {
            return BENCHMARKS;
        }
        for (String name : names) {
            if (!name.equals(SMOKE)
                    && BENCHMARKS.stream()
                            .noneMatch(benchmark -> benchmark.name().equals(name))) {
                throw new CommandLine.ParameterException(
                        new CommandLine(this),
                        "There is no benchmark of this name: " + name + ". Without a name they are listed.");
            }
        }
        return BENCHMARKS.stream()
                .filter(benchmark -> names.contains(benchmark.name()))
                .toList();
    }

    private Result run(Benchmark benchmark, Scale scale) throws Exception {
        System.out.println(benchmark.name() + ": " + benchmark.title());
        Path folder = Files.createTempDirectory("tidemark-bench");
        Findings findings;
        try {
            findings = benchmark.run(new Surroundings(scale, rounds(scale), folder, CHECKOUT, System.out::println));
        } finally {
            Bench.delete(folder);
        }
        for (Check check : findings.checks()) {
            System.out.printf(
                    "  %s: %s (%s)%s%n",
                    check.what(),
                    Check.figure(check.value()),
                    check.wanted(),
                    check.isMet() || scale == Scale.SMOKE ? "" : "  MISSED");
        }
        return result(benchmark, findings);
    }

    private Result result(Benchmark benchmark, Findings findings) throws IOException {
        return new Result(
                benchmark.name(),
                benchmark.title(),
                "./tidemark bench " + benchmark.name() + (runs > 0 ? " --runs " + runs : ""),
                findings.scale(),
                Instant.now(),
                Machine.described(),
                findings.series(),
                findings.checks(),
                findings.notes());
    }

    private int rounds(Scale scale) {
        return runs > 0 ? runs : (int) scale.of(3, 1);
    }
}
