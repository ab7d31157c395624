package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.DeletedRows;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.lake.PinnedTable.Unreadable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieBaseFile;
import org.apache.hudi.common.model.HoodieFileFormat;
import org.apache.hudi.common.model.HoodieLogFile;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.timeline.HoodieInstant;
import org.apache.hudi.common.util.collection.ClosableIterator;
import org.apache.hudi.io.storage.HoodieIOFactory;
import org.apache.hudi.storage.StoragePath;

/** Versions for reading. A version of a merge-on-read table that has log files is not read by its files. */
public final class PinnedVersions {
    private static final int BATCH_ROWS = 1024;
    private static final Unreadable UNMERGED = new Unreadable(
            "changes in its Hudi log files are not merged into Parquet files yet",
            "Query it with an engine that merges log files, for example Spark SQL or Flink, or again after the next compaction"
                    + " (lake.compaction-commits); tables of type copy-on-write have no log files.");

    private final TableVersions versions;
    private final Map<String, Long> rowCounts = new ConcurrentHashMap<>();

    public PinnedVersions(TableVersions versions) {
        this.versions = versions;
    }

    /** @param stored columns of a table that has no version yet */
    public PinnedTable newest(StoredSpec stored) {
        HoodieTableMetaClient meta = versions.refresh();
        return versions.newest(meta)
                .map(version -> pinned(meta, version))
                .orElseGet(() -> new PinnedTable(stored.spec(), stored.rowFieldIds(), LakeProgress.NONE, List.of()));
    }

    public Optional<PinnedTable> find(long version) {
        HoodieTableMetaClient meta = versions.refresh();
        return versions.find(meta, version).map(found -> pinned(meta, found));
    }

    public Optional<PinnedTable> asOf(Instant time) {
        HoodieTableMetaClient meta = versions.refresh();
        return versions.asOf(meta, time).map(found -> pinned(meta, found));
    }

    /** Every living row of a version, by Hudi's own reader. */
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        long number = pinned.progress().version();
        if (number < 0) {
            return;
        }
        HoodieTableMetaClient meta = versions.refresh();
        HoodieInstant version = versions.find(meta, number).orElseThrow(() -> gone(pinned));
        StoredSpec stored = versions.spec(meta, version).orElseThrow(() -> gone(pinned));
        TableFiles files = versions.files(meta, version);
        Schema rows = new RowCodec(stored).schema();
        Schema whole = HoodieAvroUtils.addMetadataFields(rows, false);
        ChangeBatch batch = new ChangeBatch(pinned.spec().schema(), BATCH_ROWS);
        int deletedAt = stored.isSoft() ? stored.names().size() : -1;
        for (FileSlice slice : files.slices()) {
            try (ClosableIterator<IndexedRecord> records = files.read(slice, whole, rows)) {
                while (records.hasNext()) {
                    IndexedRecord record = records.next();
                    if (deletedAt < 0 || record.get(deletedAt) == null) {
                        batch.beginRow(Operation.INSERT, 0, 0, 0, 0);
                        RowCodec.append(batch.columns(), record);
                        if (batch.size() == BATCH_ROWS) {
                            consumer.accept(batch);
                            batch.clear();
                        }
                    }
                }
            }
        }
        if (!batch.isEmpty()) {
            consumer.accept(batch);
        }
    }

    private PinnedTable pinned(HoodieTableMetaClient meta, HoodieInstant version) {
        StoredSpec stored = versions.spec(meta, version)
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LAKE_SCHEMA_MISMATCH,
                        "Cannot read a version of a mirror: nothing tells its columns (version="
                                + version.requestedTime() + ")"));
        List<PinnedFile> files = new ArrayList<>();
        boolean isMerged = true;
        for (FileSlice slice : versions.files(meta, version).slices()) {
            if (slice.getBaseFile().isPresent()) {
                HoodieBaseFile base = slice.getBaseFile().get();
                files.add(new PinnedFile(
                        local(base.getStoragePath()),
                        rows(meta, base.getStoragePath()),
                        base.getFileSize(),
                        DeletedRows.NONE));
            }
            isMerged &= slice.getLogFiles().noneMatch(log -> isOf(log, version));
        }
        return new PinnedTable(
                stored.spec(),
                stored.rowFieldIds(),
                versions.progress(meta, version),
                files,
                isMerged ? Optional.empty() : Optional.of(UNMERGED));
    }

    private static boolean isOf(HoodieLogFile log, HoodieInstant version) {
        return log.getDeltaCommitTime().compareTo(version.requestedTime()) <= 0;
    }

    private long rows(HoodieTableMetaClient meta, StoragePath path) {
        return rowCounts.computeIfAbsent(
                path.toString(),
                key -> HoodieIOFactory.getIOFactory(meta.getStorage())
                        .getFileFormatUtils(HoodieFileFormat.PARQUET)
                        .getRowCount(meta.getStorage(), path));
    }

    private static String local(StoragePath path) {
        return path.toUri().getPath();
    }

    private static TidemarkException gone(PinnedTable pinned) {
        return new TidemarkException(
                ErrorCode.LAKE_IO,
                "Cannot read a version of the mirror of "
                        + pinned.spec().schema().table() + ": cleaning has taken it away (version="
                        + pinned.progress().version() + ")");
    }
}
