package io.tidemark.workload.command;

import io.tidemark.workload.run.Latencies;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.WorkloadCounts;
import io.tidemark.workload.run.WorkloadResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Results of loads and runs as JSON: durations in milliseconds, latencies in microseconds. */
final class WorkloadJson {
    private WorkloadJson() {}

    static Map<String, @Nullable Object> of(WorkloadResult result, Optional<LoadResult> loaded) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("load", loaded.map(WorkloadJson::of).orElse(null));
        json.putAll(of(result));
        return json;
    }

    static Map<String, @Nullable Object> of(LoadResult load) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("rows", load.rows());
        json.putAll(load.tables());
        json.put("millis", load.elapsed().toMillis());
        json.put("rowsPerSecond", Math.round(load.rowsPerSecond()));
        return json;
    }

    static Map<String, @Nullable Object> of(WorkloadResult result) {
        WorkloadCounts counts = result.counts();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("millis", result.elapsed().toMillis());
        json.put("transactions", counts.transactions());
        json.put("transactionsPerSecond", Math.round(10 * result.transactionsPerSecond()) / 10.0);
        json.put("committed", counts.committed());
        json.put("rolledBack", counts.rolledBack());
        json.put("inserts", counts.inserts());
        json.put("updates", counts.updates());
        json.put("deletes", counts.deletes());
        json.put("missed", counts.missed());
        json.put("retries", counts.retries());
        json.put("reconnects", counts.reconnects());
        json.put("unknown", counts.unknown());
        json.put("errors", counts.errors());
        json.put("behind", result.behind());
        json.put("latencyMicros", of(result.latencies()));
        return json;
    }

    private static Map<String, @Nullable Object> of(Latencies latencies) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("p50", latencies.p50().toNanos() / 1_000);
        json.put("p90", latencies.p90().toNanos() / 1_000);
        json.put("p99", latencies.p99().toNanos() / 1_000);
        json.put("p999", latencies.p999().toNanos() / 1_000);
        json.put("max", latencies.max().toNanos() / 1_000);
        return json;
    }
}
