package io.tidemark.lake.upsert.index;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of keys are, for one upsert: looked up for each round; what a round changes is staged until the upsert is committed. Not
 * thread-safe.
 */
public interface KeyLocations {
    /** The file's number, a new one if it has none. */
    int number(String path);

    /** The file with the number; null when no such file is known any more. */
    @Nullable
    String path(int number);

    /**
     * Looks keys up, staged entries before others.
     *
     * @param order numbers of the keys to look up, in key order
     * @param useEntries whether entries of the committed table count, or staged ones only
     * @param locations receives the location, or {@link RowLocation#NONE}, at each looked-up key's number
     */
    void lookup(KeyArena keys, int[] order, boolean useEntries, long[] locations);

    /**
     * Keeps the outcome of a round of an uncommitted apply, so that later rounds see it.
     *
     * @param locations by key number; {@link RowLocation#NONE} for a key that is gone
     */
    void stage(KeyArena keys, int[] order, long[] locations);

    /** Forgets what was staged. */
    void discardStaged();

    /**
     * Takes over what a commit changed. Only after the commit succeeded.
     *
     * @param keys keys of the last round, which was not staged
     * @param added files that the commit added, with all rows of theirs among the keys or staged
     * @param isLive says which files the table still has
     */
    void publish(
            KeyArena keys,
            int[] order,
            long[] locations,
            List<String> added,
            Predicate<String> isLive,
            IndexHeader newHeader);
}
