package io.tidemark.lake.iceberg.commit;

import io.tidemark.lake.upsert.table.ProgressText;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeProgress;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Progress in the summary of a snapshot.
 *
 * <p>Which snapshot speaks for the table: the newest one on the main branch's line of ancestors that carries the pairs. Other writers (a
 * compaction by Spark, a row changed by hand) make snapshots without them, and progress is not theirs to change, so these are passed over. A
 * rollback of the branch also rolls progress back, as it must. Where others have expired every snapshot of ours, the table properties speak,
 * which hold the pairs of our newest commit too.
 */
public final class ProgressSummary {
    /** Distinguishes each of our commits, so that one of unknown outcome can be found again. */
    static final String COMMIT_ID = "tidemark.commit-id";

    private ProgressSummary() {}

    /** Progress of the table's current version. */
    public static LakeProgress read(TableMetadata metadata) {
        Snapshot current = metadata.currentSnapshot();
        return current == null ? LakeProgress.NONE : read(metadata, current);
    }

    /** Progress of one of the table's versions. */
    public static LakeProgress read(TableMetadata metadata, Snapshot version) {
        Snapshot at = version;
        while (at != null) {
            if (carries(at.summary())) {
                return ProgressText.read(version.snapshotId(), at.summary());
            }
            at = at.parentId() == null ? null : metadata.snapshot(at.parentId());
        }
        return carries(metadata.properties())
                ? ProgressText.read(version.snapshotId(), metadata.properties())
                : new LakeProgress(version.snapshotId(), "", false, Set.of(), Position.ZERO, 0, 0, 0);
    }

    /** Whether Tidemark made the version. */
    public static boolean isOurs(Snapshot version) {
        return version.summary() != null && version.summary().containsKey(COMMIT_ID);
    }

    private static boolean carries(@Nullable Map<String, String> pairs) {
        return pairs != null && ProgressText.isIn(pairs);
    }
}
