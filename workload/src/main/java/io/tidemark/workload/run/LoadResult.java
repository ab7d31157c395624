package io.tidemark.workload.run;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a load wrote.
 *
 * @param tables rows of each table
 * @param elapsed from the first row until all are there, keys built
 */
public record LoadResult(Map<String, Long> tables, Duration elapsed) {
    public LoadResult {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    public long rows() {
        return tables.values().stream().mapToLong(Long::longValue).sum();
    }

    public double rowsPerSecond() {
        return rows() / Math.max(1e-9, elapsed.toNanos() / 1e9);
    }
}
