package io.tidemark.lake.iceberg.plan;

import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.schema.IcebergSchemas;
import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;

/** Versions of a mirror for readers, as the table's own planner gives them. Thread-safe. */
public final class PinnedVersions {
    private final TableCommits commits;

    public PinnedVersions(TableCommits commits) {
        this.commits = commits;
    }

    /** The newest version; one without files for a table without commits. */
    public PinnedTable newest() {
        TableMetadata metadata = commits.refresh();
        Snapshot current = metadata.currentSnapshot();
        if (current == null) {
            LakeTableSpec spec = spec(metadata);
            return new PinnedTable(spec, fieldIds(metadata, spec), LakeProgress.NONE, List.of());
        }
        return pinned(metadata, current);
    }

    /** The version, if the table still has it. */
    public Optional<PinnedTable> find(long version) {
        TableMetadata metadata = commits.refresh();
        return Optional.ofNullable(metadata.snapshot(version)).map(snapshot -> pinned(metadata, snapshot));
    }

    /** The version that was current at the time, if the table still has it. */
    public Optional<PinnedTable> asOf(Instant time) {
        TableMetadata metadata = commits.refresh();
        Snapshot found = null;
        for (HistoryEntry entry : metadata.snapshotLog()) {
            if (entry.timestampMillis() <= time.toEpochMilli()) {
                found = metadata.snapshot(entry.snapshotId());
            }
        }
        return Optional.ofNullable(found).map(snapshot -> pinned(metadata, snapshot));
    }

    private PinnedTable pinned(TableMetadata metadata, Snapshot snapshot) {
        Table table = commits.reading(metadata);
        DeletedPositions deleted = new DeletedPositions(table.io());
        List<PinnedTable.PinnedFile> files = new ArrayList<>();
        for (LiveFile file : PlannedFiles.plan(table, snapshot.snapshotId()).all()) {
            files.add(new PinnedTable.PinnedFile(file.path(), file.rows(), file.bytes(), deleted.rowsOf(file)));
        }
        LakeTableSpec spec = spec(metadata);
        return new PinnedTable(spec, fieldIds(metadata, spec), ProgressSummary.read(metadata, snapshot), files);
    }

    /** As the table is now: an earlier version is read with the columns of today, which have kept their field ids. */
    private static LakeTableSpec spec(TableMetadata metadata) {
        return SpecProperties.find(metadata.properties())
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LAKE_SCHEMA_MISMATCH,
                        "Cannot read a mirror: another program removed its property " + SpecProperties.KEY));
    }

    private static List<Integer> fieldIds(TableMetadata metadata, LakeTableSpec spec) {
        return IcebergSchemas.fileColumns(metadata.schema(), spec).stream()
                .map(ParquetColumn::fieldId)
                .toList();
    }
}
