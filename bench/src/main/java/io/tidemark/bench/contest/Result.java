package io.tidemark.bench.contest;

import java.time.Instant;
import java.util.List;

/**
 * What a benchmark found. It is kept as JSON.
 *
 * @param name that of the benchmark
 * @param title what was measured, a sentence
 * @param command with which it is had again
 * @param scale how much work it was
 * @param machine on what
 * @param checks figures with targets
 * @param notes how contenders were set up, and what else a reader has to know
 */
public record Result(
        String name,
        String title,
        String command,
        String scale,
        Instant at,
        String machine,
        List<Series> series,
        List<Check> checks,
        List<String> notes) {
    public Result {
        series = List.copyOf(series);
        checks = List.copyOf(checks);
        notes = List.copyOf(notes);
    }
}
