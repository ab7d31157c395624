package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.DataFile;
import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.TableReading;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads tables from exports where they have one: of a full export the items that no incremental one after it has, and of an incremental one those that
 * none after it has, so that each item is read once, as it was last. Everything else is for the scan: what is compared or read again is read as it is
 * now.
 */
final class ExportView implements SnapshotCut {
    private final TableExports exports;
    private final ScanView scan;

    /** Keys of incremental exports, by ARN. */
    private final Map<String, ChangedKeys> changed = new ConcurrentHashMap<>();

    ExportView(TableExports exports, ScanView scan) {
        this.exports = exports;
        this.scan = scan;
    }

    @Override
    public Position cutoff() {
        return scan.cutoff();
    }

    @Override
    public Optional<Instant> asOf(SourceTable table) {
        return exports.find(table).map(ExportSeries::asOf);
    }

    @Override
    public List<SnapshotChunk> plan(SourceTable table, long chunkBytes) {
        return exports.find(table)
                .map(series -> ExportChunk.plan(table.id(), series, chunkBytes))
                .orElseGet(() -> scan.plan(table, chunkBytes));
    }

    @Override
    public long read(
            SnapshotChunk chunk,
            SourceTable table,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        if (!ExportChunk.isOne(chunk.range())) {
            return scan.read(chunk, table, consumer, undecodable);
        }
        ExportChunk part = ExportChunk.parse(chunk.range());
        ExportSeries series = exports.open(part.locations());
        if (!series.arns().equals(part.arns())) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot go on loading " + table.id() + ": at " + series.location()
                            + " is another export than it began with (expected=" + part.arns() + ", found="
                            + series.arns() + ")",
                    "Put the export back, or run 'tidemark resync " + table.id() + "' to begin anew.",
                    null);
        }
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, series.asOf());
        ItemBatches rows = scan.batches(table, micros, consumer, undecodable);
        List<ChangedKeys> later = series.exports().stream()
                .skip(part.export() + 1L)
                .map(export -> changedKeys(export, table))
                .toList();
        KeyHash.Hasher keys = new KeyHash.Hasher(table.schema().key());
        Export export = series.exports().get(part.export());
        for (DataFile file : export.files().subList(part.from(), part.to())) {
            if (part.export() == 0) {
                export.read(file, item -> {
                    if (later.isEmpty() || isNewest(keys.hash(item), later)) {
                        rows.add(item);
                    }
                });
            } else {
                export.readChanges(file, change -> {
                    if (change.newImage() != null && isNewest(keys.hash(change.keys()), later)) {
                        rows.add(change.newImage());
                    }
                });
            }
        }
        return rows.end();
    }

    /** @param key null of an item without one, which is told of when it is made a row */
    private static boolean isNewest(@Nullable KeyHash key, List<ChangedKeys> later) {
        return key == null || later.stream().noneMatch(keys -> keys.contains(key));
    }

    private ChangedKeys changedKeys(Export export, SourceTable table) {
        return changed.computeIfAbsent(export.summary().exportArn(), arn -> {
            KeyHash.Hasher hasher = new KeyHash.Hasher(table.schema().key());
            ChangedKeys keys = new ChangedKeys(export.summary().itemCount());
            for (DataFile file : export.files()) {
                export.readChanges(file, change -> {
                    KeyHash key = hasher.hash(change.keys());
                    if (key == null) {
                        throw new TidemarkException(
                                ErrorCode.SOURCE_EXPORT_CORRUPT,
                                "Cannot load " + table.id() + " from export " + arn
                                        + ": a change lacks an attribute of the table's key (file=" + file.path()
                                        + ")");
                    }
                    keys.add(key);
                });
            }
            return keys;
        });
    }

    @Override
    public long readKeys(
            SourceTable table,
            List<List<String>> keys,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        return scan.readKeys(table, keys, consumer, undecodable);
    }

    @Override
    public TableReading reading(SourceTable table) {
        return scan.reading(table);
    }

    @Override
    public void close() {
        scan.close();
    }
}
