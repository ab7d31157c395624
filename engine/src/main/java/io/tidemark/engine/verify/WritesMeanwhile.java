package io.tidemark.engine.verify;

import io.tidemark.engine.capture.CaughtUp;
import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.verify.CanonicalText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a partitioned source are read one after the other, each as it is then, while the mirror stands at one position. A row that differs because it was
 * written to in between is the same as the mirror's as soon as the event that wrote it is applied, since events carry whole rows. So such a row is read once
 * more, and its values are looked for among the events behind the mirror's position: found there, the row is proven at its own point in time.
 */
final class WritesMeanwhile {
    private static final int SLICES_AT_ONCE = 256;

    private final Pipeline pipeline;
    private final TableRecord table;
    private final LakeProgress mirror;

    /** @param mirror where the mirror stands */
    WritesMeanwhile(Pipeline pipeline, TableRecord table, LakeProgress mirror) {
        this.pipeline = pipeline;
        this.table = table;
        this.mirror = mirror;
    }

    /**
     * What the events say.
     *
     * @param unexplained rows that no event leads to
     * @param explained how many rows an event leads to
     * @param events events of the table behind the mirror's position, until all rows had been read
     */
    record Result(List<KeyDifference> unexplained, long explained, long events) {}

    /** Looks for the differing rows. */
    Result explain(SnapshotCut cut, List<KeyDifference> differences, Duration timeout) throws InterruptedException {
        Map<List<@Nullable String>, List<@Nullable String>> read = new HashMap<>();
        List<List<String>> keys =
                differences.stream().map(KeyDifference::keyText).toList();
        // One that cannot be decoded stays unexplained.
        Consumer<ChangeBatch> rows = batch -> {
            for (int row = 0; row < batch.size(); row++) {
                read.put(key(batch, row), values(batch, row));
            }
        };
        cut.readKeys(table.sourceTable(), keys, rows, undecodable -> {});
        long last = new CaughtUp(pipeline).await(pipeline.clock().instant(), timeout, "verify");
        Map<List<@Nullable String>, KeyDifference> open = new HashMap<>();
        differences.forEach(difference -> open.put(difference.key(), difference));
        long[] events = {0};
        long slice = mirror.slice();
        while (slice < last) {
            List<SliceManifest> manifests = pipeline.sliceLog().after(slice, SLICES_AT_ONCE);
            if (manifests.isEmpty()) {
                break;
            }
            for (SliceManifest manifest : manifests) {
                for (SliceFile file : manifest.filesOf(table.id())) {
                    if (manifest.sequence() <= last && file.last().isAfter(mirror.applied())) {
                        pipeline.sliceLog().read(file, batch -> events[0] += take(batch, read, open));
                    }
                }
                slice = manifest.sequence();
            }
        }
        List<KeyDifference> unexplained = differences.stream()
                .filter(difference -> open.containsKey(difference.key()))
                .toList();
        return new Result(unexplained, differences.size() - unexplained.size(), events[0]);
    }

    private long take(
            ChangeBatch batch,
            Map<List<@Nullable String>, List<@Nullable String>> read,
            Map<List<@Nullable String>, KeyDifference> open) {
        long events = 0;
        for (int row = 0; row < batch.size(); row++) {
            if (!new Position(batch.position(row)).isAfter(mirror.applied())) {
                continue;
            }
            events++;
            List<@Nullable String> key = key(batch, row);
            if (open.containsKey(key)) {
                List<@Nullable String> now = read.get(key);
                boolean isDelete = batch.operation(row) == Operation.DELETE;
                if (isDelete ? now == null : values(batch, row).equals(now)) {
                    open.remove(key);
                }
            }
        }
        return events;
    }

    private List<@Nullable String> key(ChangeBatch batch, int row) {
        List<@Nullable String> key = new ArrayList<>();
        for (String name : table.schema().key()) {
            Column column = table.schema().columns().get(table.schema().indexOf(name));
            key.add(text(batch, column, row));
        }
        return key;
    }

    private List<@Nullable String> values(ChangeBatch batch, int row) {
        List<@Nullable String> values = new ArrayList<>();
        for (Column column : table.schema().columns()) {
            values.add(text(batch, column, row));
        }
        return values;
    }

    /** A version of the schema that lacks the column has no values in it. */
    private static @Nullable String text(ChangeBatch batch, Column column, int row) {
        int index = batch.schema().indexOfId(column.id());
        if (index < 0) {
            return null;
        }
        ColumnVector values = batch.column(index);
        return values.isPresent(row) ? CanonicalText.text(values, row) : null;
    }
}
