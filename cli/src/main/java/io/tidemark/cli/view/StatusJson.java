package io.tidemark.cli.view;

import io.tidemark.engine.capture.CaptureProgress;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.PipelineStatus.TableStatus;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A status as a JSON document: durations in milliseconds, times in ISO 8601, what is unknown as null. */
public final class StatusJson {
    private StatusJson() {}

    public static Map<String, @Nullable Object> of(PipelineStatus status) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("pipeline", status.pipeline());
        json.put("at", status.at());
        json.put("freshnessMillis", status.freshness().map(Duration::toMillis).orElse(null));
        json.put("capture", status.capture().map(StatusJson::capture).orElse(null));
        json.put(
                "source",
                status.source()
                        .map(source -> {
                            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                            fields.put("position", source.current());
                            fields.put("acknowledged", source.acknowledged());
                            fields.put("retainedBytes", source.retainedBytes());
                            fields.put("slotExists", source.slotExists());
                            fields.put("active", source.active());
                            return fields;
                        })
                        .orElse(null));
        json.put("sourceError", status.sourceError().isEmpty() ? null : status.sourceError());
        json.put(
                "newestSlice",
                status.newestSlice()
                        .map(slice -> {
                            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                            fields.put("sequence", slice.sequence());
                            fields.put("name", slice.name());
                            fields.put("rows", slice.rows());
                            fields.put("bytes", slice.bytes());
                            return fields;
                        })
                        .orElse(null));
        json.put(
                "newestCut",
                status.newestCut()
                        .map(cut -> {
                            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                            fields.put("slice", cut.slice());
                            fields.put("position", cut.position());
                            fields.put("at", cut.at());
                            return fields;
                        })
                        .orElse(null));
        json.put("tables", status.tables().stream().map(StatusJson::table).toList());
        json.put(
                "roleErrors",
                status.roleErrors().stream()
                        .map(role -> {
                            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                            fields.put("role", role.role());
                            fields.put("code", role.code());
                            fields.put("reason", role.reason());
                            fields.put("remedy", role.remedy());
                            fields.put("at", role.at());
                            return fields;
                        })
                        .toList());
        return json;
    }

    /** A table's name in its two parts, since a joined one may be ambiguous. */
    public static Map<String, @Nullable Object> table(TableId table) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("schema", table.schema());
        fields.put("name", table.name());
        return fields;
    }

    private static Map<String, @Nullable Object> capture(PipelineStatus.CaptureStatus capture) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("running", capture.running());
        fields.put("position", capture.position());
        fields.put("caughtUpAt", capture.caughtUpAt());
        fields.put("openRows", capture.openRows());
        fields.put("events", capture.events());
        fields.put("reportedAt", capture.reportedAt());
        fields.put(
                "partitions", capture.partitions().map(StatusJson::partitions).orElse(null));
        return fields;
    }

    private static Map<String, @Nullable Object> partitions(CaptureProgress.Partitions partitions) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("count", partitions.count());
        fields.put("processes", partitions.processes());
        fields.put("sealedUpTo", partitions.sealedUpTo());
        fields.put(
                "lagging",
                partitions.lagging().stream()
                        .map(partition -> {
                            Map<String, @Nullable Object> lagging = new LinkedHashMap<>();
                            lagging.put("partition", partition.partition());
                            lagging.put(
                                    "tables",
                                    partition.tables().stream()
                                            .map(StatusJson::table)
                                            .toList());
                            lagging.put("caughtUpAt", partition.caughtUpAt());
                            lagging.put("failure", partition.failure().isEmpty() ? null : partition.failure());
                            return lagging;
                        })
                        .toList());
        return fields;
    }

    private static Map<String, @Nullable Object> table(TableStatus table) {
        Map<String, @Nullable Object> fields = table(table.table());
        fields.put("state", table.state().label());
        fields.put("since", table.since());
        fields.put("rows", table.rows().orElse(null));
        fields.put("events", table.events());
        fields.put("slicesBehind", table.slicesBehind());
        fields.put("freshnessMillis", table.freshness().map(Duration::toMillis).orElse(null));
        fields.put(
                "load",
                table.load()
                        .map(load -> {
                            Map<String, @Nullable Object> inner = new LinkedHashMap<>();
                            inner.put("chunks", load.chunks());
                            inner.put("chunksDone", load.chunksDone());
                            inner.put("rows", load.rows());
                            inner.put("estimatedRows", load.estimatedRows() < 0 ? null : load.estimatedRows());
                            inner.put("startedAt", load.startedAt());
                            return inner;
                        })
                        .orElse(null));
        boolean failed = !table.code().isEmpty();
        fields.put("code", failed ? table.code() : null);
        fields.put("reason", failed ? table.reason() : null);
        fields.put("remedy", failed ? table.remedy() : null);
        fields.put("deadLetters", table.deadLetters());
        fields.put("notices", List.copyOf(table.notices()));
        return fields;
    }
}
