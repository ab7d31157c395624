package io.tidemark.lake.iceberg.commit;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Progress as text pairs in the summary of a snapshot.
 *
 * <p>Which snapshot speaks for the table: the newest one on the main branch's line of ancestors that carries the pairs. Other writers (a
 * compaction by Spark, a row changed by hand) make snapshots without them, and progress is not theirs to change, so these are passed over. A
 * rollback of the branch also rolls progress back, as it must. Where others have expired every snapshot of ours, the table properties speak,
 * which hold the pairs of our newest commit too.
 */
public final class ProgressSummary {
    /** Distinguishes each of our commits, so that one of unknown outcome can be found again. */
    static final String COMMIT_ID = "tidemark.commit-id";

    private static final String LOAD_ID = "tidemark.load-id";
    private static final String LOADED = "tidemark.loaded";
    private static final String CHUNKS = "tidemark.chunks";
    private static final String APPLIED = "tidemark.applied";
    private static final String SLICE = "tidemark.slice";
    private static final String FENCE = "tidemark.fence";
    private static final String NEWEST_COMMIT = "tidemark.newest-commit-micros";

    private ProgressSummary() {}

    static Map<String, String> write(LakeProgress progress) {
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put(LOAD_ID, progress.loadId());
        pairs.put(LOADED, Boolean.toString(progress.loaded()));
        pairs.put(CHUNKS, ranges(progress.chunks()));
        pairs.put(APPLIED, progress.applied().toHex());
        pairs.put(SLICE, Long.toString(progress.slice()));
        pairs.put(FENCE, Long.toString(progress.fence()));
        pairs.put(NEWEST_COMMIT, Long.toString(progress.newestCommitMicros()));
        return pairs;
    }

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
                return parse(version.snapshotId(), at.summary());
            }
            at = at.parentId() == null ? null : metadata.snapshot(at.parentId());
        }
        return carries(metadata.properties())
                ? parse(version.snapshotId(), metadata.properties())
                : new LakeProgress(version.snapshotId(), "", false, Set.of(), Position.ZERO, 0, 0, 0);
    }

    /** Whether both say the same of loads, position and slice; versions and fences may differ, as upkeep changes these. */
    public static boolean sameProgress(LakeProgress left, LakeProgress right) {
        return left.loadId().equals(right.loadId())
                && left.loaded() == right.loaded()
                && left.chunks().equals(right.chunks())
                && left.applied().equals(right.applied())
                && left.slice() == right.slice();
    }

    /** Whether Tidemark made the version. */
    public static boolean isOurs(Snapshot version) {
        return version.summary() != null && version.summary().containsKey(COMMIT_ID);
    }

    /** The same progress, written by the holder of this fence. */
    public static LakeProgress withFence(LakeProgress progress, long fence) {
        return new LakeProgress(
                -1,
                progress.loadId(),
                progress.loaded(),
                progress.chunks(),
                progress.applied(),
                progress.slice(),
                fence,
                progress.newestCommitMicros());
    }

    private static boolean carries(@Nullable Map<String, String> pairs) {
        return pairs != null && pairs.containsKey(FENCE);
    }

    private static LakeProgress parse(long version, Map<String, String> pairs) {
        try {
            return new LakeProgress(
                    version,
                    text(pairs, LOAD_ID),
                    Boolean.parseBoolean(text(pairs, LOADED)),
                    ordinals(text(pairs, CHUNKS)),
                    Position.ofHex(text(pairs, APPLIED)),
                    Long.parseLong(text(pairs, SLICE)),
                    Long.parseLong(text(pairs, FENCE)),
                    Long.parseLong(text(pairs, NEWEST_COMMIT)));
        } catch (NumberFormatException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot read the progress of a mirror: its summary is malformed (version=" + version + ")",
                    e);
        }
    }

    private static String text(Map<String, String> pairs, String key) {
        String text = pairs.get(key);
        if (text == null) {
            throw new NumberFormatException(key + " is missing");
        }
        return text;
    }

    /** {@code 0-5,7} for 0 to 5 and 7. */
    static String ranges(Set<Integer> ordinals) {
        StringBuilder text = new StringBuilder();
        int first = 0;
        int last = -2;
        for (int ordinal : new TreeSet<>(ordinals)) {
            if (ordinal != last + 1) {
                appendRange(text, first, last);
                first = ordinal;
            }
            last = ordinal;
        }
        appendRange(text, first, last);
        return text.toString();
    }

    static Set<Integer> ordinals(String ranges) {
        Set<Integer> ordinals = new TreeSet<>();
        if (ranges.isEmpty()) {
            return ordinals;
        }
        for (String range : ranges.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = Integer.parseInt(dash < 0 ? range : range.substring(dash + 1));
            for (int ordinal = first; ordinal <= last; ordinal++) {
                ordinals.add(ordinal);
            }
        }
        return ordinals;
    }

    private static void appendRange(StringBuilder text, int first, int last) {
        if (last < 0) {
            return;
        }
        if (!text.isEmpty()) {
            text.append(',');
        }
        text.append(first);
        if (last > first) {
            text.append('-').append(last);
        }
    }
}
