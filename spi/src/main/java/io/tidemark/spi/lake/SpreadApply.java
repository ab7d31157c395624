package io.tidemark.spi.lake;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An upsert that tasks do in steps, on any machines, and that is committed here at once. What goes from one step to the next are rows as bytes, which
 * whoever runs the tasks moves to where they belong. Keys are parted into buckets: all events of a key go to one, and so do those of two keys when an
 * update moves a row from one to the other without sending all of its values.
 *
 * <ol>
 *   <li>{@link Fold}, for each bucket: the events become one row for each key.
 *   <li>{@link Steps#search}: the table's file groups are searched for the keys of all buckets.
 *   <li>{@link Steps#router}, for each bucket: its rows get to know where the table holds their keys, and so which group has to take them.
 *   <li>{@link Steps#complete}, for each group: rows that lack values get them from the group's, and go to the group that has to take them.
 *   <li>{@link Steps#write}, for each group: its rows are written.
 * </ol>
 *
 * <p>A task may run any number of times, at the same time too: only what the commit is given becomes part of the table.
 */
public interface SpreadApply extends AutoCloseable {
    /** The first step. */
    Fold fold();

    /**
     * Commits, with the new progress, as one version of the table.
     *
     * @param progress {@code applied}, {@code slice} and {@code newestCommitMicros} to record
     * @param folds what {@link Fold#fold} said of each bucket
     * @param tasks does the other steps, and gives what {@link Steps#write} said of each group
     * @throws io.tidemark.spi.error.TidemarkException as {@link LakeApply#commit}: nothing is committed
     */
    ApplyResult commit(LakeProgress progress, List<Serializable> folds, Function<Steps, List<Serializable>> tasks);

    /** As {@link LakeApply#missingKeys}, after {@link #commit} failed for them. */
    List<List<String>> missingKeys();

    @Override
    void close();

    /** Folds events. Used by any number of threads. */
    interface Fold extends Serializable {
        /** The key of an event as bytes. */
        byte[] key(ChangeBatch batch, int row);

        /**
         * Folds the events of a bucket.
         *
         * @param events in commit order; a batch is the caller's again when the next one is asked for
         * @param rows takes the rows they come to, one for each key
         * @return what the commit has to know of them
         */
        Serializable fold(Iterator<ChangeBatch> events, Consumer<byte[]> rows);
    }

    /** The steps after the fold, of one commit. Used by any number of threads. */
    interface Steps extends Serializable {
        /** How many file groups there are to search. */
        int groups();

        /**
         * Searches file groups for keys.
         *
         * @param groups their numbers, from 0
         * @param found takes each key found, as {@link Fold#key} has it, and its place
         */
        void search(Iterator<Integer> groups, BiConsumer<byte[], byte[]> found);

        /**
         * Makes a router for the rows of a bucket.
         *
         * @param places places of the bucket's keys
         * @return takes a row, and hands on what becomes of it
         */
        BiConsumer<byte[], Routes> router(Iterator<byte[]> places);

        /** Whether rows may need the table's, so that {@link #complete} has to come before {@link #write}. */
        boolean isUnsettled();

        /** Completes the rows that came to a group, or drops them for later ones, and hands on what becomes of them. */
        void complete(String group, Iterator<byte[]> rows, Routes to);

        /**
         * Writes the rows that came to a group.
         *
         * @param attempt a number that no other attempt to write has
         * @return what the commit has to know of it
         */
        Serializable write(String group, Iterator<byte[]> rows, long attempt);
    }

    /** Where rows go. */
    interface Routes {
        /** Sends a row to a group: all that is sent to one comes to one task. */
        void send(String group, byte[] row);
    }
}
