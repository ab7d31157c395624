package io.tidemark.lake.iceberg.commit;

import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.lake.LakeProgress;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;

/**
 * A version of a mirror: its metadata, of which the current snapshot is the version.
 *
 * @param progress what the current snapshot says of itself
 */
public record IcebergVersion(TableMetadata metadata, LakeProgress progress) implements TableVersion {
    public static IcebergVersion of(TableMetadata metadata) {
        return new IcebergVersion(metadata, ProgressSummary.read(metadata));
    }

    @Override
    public String tableUuid() {
        return metadata.uuid();
    }

    /** Id of the current snapshot; -1 without one. */
    public long snapshotId() {
        Snapshot current = metadata.currentSnapshot();
        return current == null ? -1 : current.snapshotId();
    }
}
