package io.tidemark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.bench.contest.Benchmark;
import io.tidemark.bench.contest.Findings;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.Scale;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.process.MeasuredProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The inner loops, each alone on one thread, by JMH. */
final class LoopsBenchmark implements Benchmark {
    private static final String LOOP = "Loop.";
    private static final String MAIN = "org.openjdk.jmh.Main";
    private static final List<String> FULL = List.of("-f", "2", "-wi", "3", "-w", "2s", "-i", "3", "-r", "2s");
    private static final List<String> SMOKE = List.of("-f", "1", "-wi", "0", "-i", "1", "-r", "50ms");

    @Override
    public String name() {
        return "loops";
    }

    @Override
    public String title() {
        return "Inner loops on one thread: decoder, column writer, key index, merge";
    }

    @Override
    public Findings run(Surroundings surroundings) throws Exception {
        Path results = surroundings.folder().resolve("loops.json");
        Path target = surroundings.checkout().resolve(Path.of("bench", "jmh", "target"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                target.resolve("classes") + ":" + target.resolve("jars") + "/*:" + surroundings.libraries(),
                MAIN,
                "-rf",
                "json",
                "-rff",
                results.toString()));
        command.addAll(surroundings.scale() == Scale.FULL ? FULL : SMOKE);
        try (MeasuredProcess process =
                MeasuredProcess.start(command, Map.of(), surroundings.folder().resolve("loops.log"))) {
            double unused = process.awaitEnd();
        }
        List<Series> series = series(results);
        series.forEach(one -> surroundings
                .out()
                .accept("  %-20s %,14.0f %s/s".formatted(one.contender(), one.medianPerSecond(), one.unit())));
        return new Findings(
                "the bank table's rows; slices of 30,000 events, an index of 2,000,000 keys",
                series,
                List.of(),
                List.of("JMH, one thread: " + String.join(" ", FULL) + "."));
    }

    /** Each iteration is a run of a second. */
    private static List<Series> series(Path results) throws IOException {
        List<Series> series = new ArrayList<>();
        for (JsonNode loop : new ObjectMapper().readTree(results.toFile())) {
            String method = loop.get("benchmark").asText();
            int at = method.lastIndexOf(LOOP);
            List<Measurement> runs = new ArrayList<>();
            for (JsonNode fork : loop.get("primaryMetric").get("rawData")) {
                fork.forEach(score ->
                        runs.add(new Measurement(Math.max(1, Math.round(score.asDouble())), 1, List.of())));
            }
            series.add(new Series(
                    method.substring(method.lastIndexOf('.', at) + 1, at + LOOP.length() - 1),
                    Side.TIDEMARK,
                    method.substring(at + LOOP.length()),
                    runs));
        }
        if (series.isEmpty()) {
            throw new IllegalStateException("Cannot go on: JMH found no loops");
        }
        return series;
    }
}
