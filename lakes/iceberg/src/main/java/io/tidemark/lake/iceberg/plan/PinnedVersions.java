package io.tidemark.lake.iceberg.plan;

import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
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
    private final LakeTableSpec spec;

    public PinnedVersions(TableCommits commits, LakeTableSpec spec) {
        this.commits = commits;
        this.spec = spec;
    }

    /** The newest version; one without files for a table without commits. */
    public PinnedTable newest() {
        TableMetadata metadata = commits.refresh();
        Snapshot current = metadata.currentSnapshot();
        return current == null ? new PinnedTable(spec, LakeProgress.NONE, List.of()) : pinned(metadata, current);
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
        for (LiveFile file : LiveFiles.plan(table, snapshot.snapshotId()).all()) {
            files.add(new PinnedTable.PinnedFile(
                    file.path(), file.file().recordCount(), file.file().fileSizeInBytes(), deleted.rowsOf(file)));
        }
        return new PinnedTable(spec, ProgressSummary.read(metadata, snapshot), files);
    }
}
