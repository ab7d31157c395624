package io.tidemark.lake.hudi.commit;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Progress as text pairs in the extra metadata of a commit. */
public final class ProgressText {
    private static final String LOAD_ID = "tidemark.load-id";
    private static final String LOADED = "tidemark.loaded";
    private static final String CHUNKS = "tidemark.chunks";
    private static final String APPLIED = "tidemark.applied";
    private static final String SLICE = "tidemark.slice";
    private static final String FENCE = "tidemark.fence";
    private static final String NEWEST_COMMIT = "tidemark.newest-commit-micros";

    private ProgressText() {}

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

    static boolean isIn(Map<String, String> pairs) {
        return pairs.containsKey(FENCE);
    }

    static LakeProgress read(long version, Map<String, String> pairs) {
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
                    "Cannot read the progress of a mirror: its commit is malformed (version=" + version + ")",
                    e);
        }
    }

    /** Whether both say the same of loads, position and slice; versions and fences may differ. */
    static boolean isSame(LakeProgress left, LakeProgress right) {
        return left.loadId().equals(right.loadId())
                && left.loaded() == right.loaded()
                && left.chunks().equals(right.chunks())
                && left.applied().equals(right.applied())
                && left.slice() == right.slice();
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
        Integer[] sorted = new TreeSet<>(ordinals).toArray(Integer[]::new);
        for (int i = 0; i < sorted.length; i++) {
            int first = i;
            while (i + 1 < sorted.length && sorted[i + 1] == sorted[i] + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ",").append(sorted[first]);
            if (i > first) {
                text.append('-').append(sorted[i]);
            }
        }
        return text.toString();
    }

    static Set<Integer> ordinals(String ranges) {
        Set<Integer> ordinals = new TreeSet<>();
        for (String range : ranges.isEmpty() ? new String[0] : ranges.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = Integer.parseInt(dash < 0 ? range : range.substring(dash + 1));
            for (int ordinal = first; ordinal <= last; ordinal++) {
                ordinals.add(ordinal);
            }
        }
        return ordinals;
    }
}
