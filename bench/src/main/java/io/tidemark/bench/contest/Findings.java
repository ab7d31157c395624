package io.tidemark.bench.contest;

import java.util.List;

/** What a benchmark itself says of a run; the rest of a {@link Result} is the same for all. */
public record Findings(String scale, List<Series> series, List<Check> checks, List<String> notes) {}
