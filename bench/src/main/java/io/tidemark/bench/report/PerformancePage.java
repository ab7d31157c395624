package io.tidemark.bench.report;

import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Result;
import io.tidemark.bench.contest.Series;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All results as a page of Markdown. */
final class PerformancePage {
    private static final String HEAD = """
            # Performance

            <!-- Written by './tidemark bench'; see bench/README.md. -->

            Each figure stands beside its limit (the same work with nothing done to what is read) and beside what a user would otherwise run, taken in turn in one run on
            one machine. Medians; in brackets the least and the greatest run. Machines differ: compare ratios, not seconds.
            """;

    private final List<Result> results;

    PerformancePage(List<Result> results) {
        this.results = results;
    }

    String text() {
        List<String> parts = new ArrayList<>();
        parts.add(HEAD);
        parts.add(targets());
        results.forEach(result -> parts.add(section(result)));
        return String.join("\n", parts);
    }

    private String targets() {
        StringBuilder table = new StringBuilder("""
                ## Targets

                | benchmark | figure | measured | target | |
                | --- | --- | --- | --- | --- |
                """);
        for (Result result : results) {
            for (Check check : result.checks()) {
                table.append("| [")
                        .append(result.name())
                        .append("](#")
                        .append(result.name())
                        .append(") | ")
                        .append(check.what())
                        .append(" | ")
                        .append(Check.figure(check.value()))
                        .append(" | ")
                        .append(check.wanted())
                        .append(check.isMet() ? " | reached |\n" : " | **missed** |\n");
            }
        }
        return table.toString();
    }

    private static String section(Result result) {
        StringBuilder text = new StringBuilder();
        text.append("## ").append(result.name()).append("\n\n");
        text.append(result.title()).append(": ").append(result.scale()).append(".\n\n");
        text.append("![")
                .append(result.title())
                .append("](performance/")
                .append(result.name())
                .append(".svg)\n\n");
        text.append("| | ")
                .append(result.series().get(0).unit())
                .append("/s | seconds | CPU seconds, memory at most |\n");
        text.append("| --- | --- | --- | --- |\n");
        for (Series series : result.series()) {
            text.append(row(series));
        }
        text.append('\n');
        for (String note : result.notes()) {
            text.append("- ").append(note).append('\n');
        }
        text.append("- `")
                .append(result.command())
                .append("`, ")
                .append(LocalDate.ofInstant(result.at(), ZoneOffset.UTC))
                .append(", ")
                .append(result.machine())
                .append(".\n");
        return text.toString();
    }

    private static String row(Series series) {
        String processes = series.processes().stream()
                .map(process -> process(series, process))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "| %s | %s (%s to %s) | %s | %s |%n",
                series.contender(),
                Check.figure(series.medianPerSecond()),
                Check.figure(series.leastPerSecond()),
                Check.figure(series.mostPerSecond()),
                Check.figure(series.medianSeconds()),
                processes);
    }

    private static String process(Series series, String process) {
        long peak = series.peakBytes(process);
        String cpu = process + " " + Check.figure(series.median(run -> run.cpuSeconds(process))) + " s";
        return peak > 0 ? cpu + ", " + Check.figure(peak / 1048576.0) + " MiB" : cpu;
    }
}
