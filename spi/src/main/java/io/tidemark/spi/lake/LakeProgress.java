package io.tidemark.spi.lake;

import io.tidemark.spi.change.Position;
import java.io.Serializable;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a mirror's newest commit says of itself.
 *
 * @param version number of the table version (Iceberg: snapshot id); -1 for a table without commits
 * @param loadId id of the load that made the table; empty before the first
 * @param loaded whether that load is finished
 * @param chunks finished chunks of an unfinished load
 * @param applied all events with {@code position <= applied} are in the table
 * @param slice sequence of the newest slice applied as a whole, 0 for none
 * @param fence fencing token of the newest commit
 * @param newestCommitMicros commit time of the newest source transaction applied, microseconds since the epoch; 0 for none
 */
public record LakeProgress(
        long version,
        String loadId,
        boolean loaded,
        Set<Integer> chunks,
        Position applied,
        long slice,
        long fence,
        long newestCommitMicros)
        implements Serializable {
    /** A table that nothing was committed to. */
    public static final LakeProgress NONE = new LakeProgress(-1, "", false, Set.of(), Position.ZERO, 0, 0, 0);

    public LakeProgress {
        chunks = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(chunks));
    }

    public LakeProgress withApplied(Position through, long throughSlice, long commitMicros) {
        return new LakeProgress(version, loadId, loaded, chunks, through, throughSlice, fence, commitMicros);
    }

    public LakeProgress withVersion(long number) {
        return new LakeProgress(number, loadId, loaded, chunks, applied, slice, fence, newestCommitMicros);
    }

    public LakeProgress withFence(long newer) {
        return new LakeProgress(version, loadId, loaded, chunks, applied, slice, newer, newestCommitMicros);
    }

    /** Whether both say the same of loads, position and slice; versions and fences may differ, as upkeep changes these. */
    public boolean isSameAs(LakeProgress other) {
        return loadId.equals(other.loadId)
                && loaded == other.loaded
                && chunks.equals(other.chunks)
                && applied.equals(other.applied)
                && slice == other.slice;
    }
}
