package io.tidemark.workload.command;

import io.tidemark.cli.command.ProofPrinter;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.WorkloadResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a demo has shown.
 *
 * @param server version of the database
 * @param loaded existing rows; empty when they were there already
 * @param mirroredRows rows of the mirrors when they became live
 * @param mirroring from the start of the pipeline until all tables were live
 * @param freshness ages of the lake that were seen during the view
 * @param answers queries on the lake
 * @param proof the proof
 * @param proving how long it took
 * @param writtenMeanwhile transactions committed while it was taken
 * @param writes all live writes
 */
record DemoResult(
        String server,
        Optional<LoadResult> loaded,
        long mirroredRows,
        Duration mirroring,
        Optional<FreshnessLog.Summary> freshness,
        List<DemoQueries.Answer> answers,
        VerifyReport proof,
        Duration proving,
        long writtenMeanwhile,
        WorkloadResult writes) {
    DemoResult {
        answers = List.copyOf(answers);
    }

    /** Durations in milliseconds. */
    Map<String, @Nullable Object> json(DemoFolder folder) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("folder", folder.root());
        json.put("kept", folder.isKept());
        json.put("source", folder.source().type());
        json.put("server", server);
        json.put("load", loaded.map(WorkloadJson::of).orElse(null));
        Map<String, @Nullable Object> mirror = new LinkedHashMap<>();
        mirror.put("rows", mirroredRows);
        mirror.put("millis", mirroring.toMillis());
        json.put("mirror", mirror);
        json.put("freshness", freshness.map(DemoResult::json).orElse(null));
        json.put("queries", DemoQueries.json(answers));
        Map<String, @Nullable Object> proven = ProofPrinter.json(proof);
        proven.put("millis", proving.toMillis());
        proven.put("transactionsMeanwhile", writtenMeanwhile);
        json.put("proof", proven);
        json.put("writes", WorkloadJson.of(writes));
        return json;
    }

    private static Map<String, @Nullable Object> json(FreshnessLog.Summary summary) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("looks", summary.looks());
        json.put("p50Millis", summary.p50().toMillis());
        json.put("p99Millis", summary.p99().toMillis());
        json.put("maxMillis", summary.max().toMillis());
        return json;
    }
}
