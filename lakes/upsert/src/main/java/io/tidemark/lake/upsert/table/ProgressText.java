package io.tidemark.lake.upsert.table;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Progress as text pairs, for the metadata of a commit. */
public final class ProgressText {
    private static final String LOAD_ID = "tidemark.load-id";
    private static final String LOADED = "tidemark.loaded";
    private static final String CHUNKS = "tidemark.chunks";
    private static final String APPLIED = "tidemark.applied";
    private static final String SLICE = "tidemark.slice";
    private static final String FENCE = "tidemark.fence";
    private static final String NEWEST_COMMIT = "tidemark.newest-commit-micros";

    private ProgressText() {}

    /** The pairs. */
    public static Map<String, String> write(LakeProgress progress) {
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

    /** Whether these are among the pairs. */
    public static boolean isIn(Map<String, String> pairs) {
        return pairs.containsKey(FENCE);
    }

    /**
     * Progress from its pairs.
     *
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH} when they are not whole
     */
    public static LakeProgress read(long version, Map<String, String> pairs) {
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
