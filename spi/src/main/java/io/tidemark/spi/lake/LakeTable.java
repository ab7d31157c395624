package io.tidemark.spi.lake;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.schema.RowSchema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A mirror table. Loads, of {@linkplain Lake#openLoad one in the making}: {@link #beginLoad}, any number of {@link #openChunk} (from several
 * threads), {@link #finishLoad}. After that: {@link #beginApply} by one worker at a time. Reading ({@link #pin}) is always possible.
 *
 * <p>Progress lives in the table's own commits; whatever else the implementation keeps (a key index) can be rebuilt from the table. Every
 * commit is conditional: it succeeds only if the table's progress is still the one that the caller expected and the fence is not older than the
 * table's; else {@code LAKE_COMMIT_FENCED}. A commit whose outcome is unknown is looked up by its progress before an error
 * ({@code LAKE_COMMIT_UNKNOWN}) is given, and deletes nothing.
 */
public interface LakeTable extends AutoCloseable {
    LakeTableSpec spec();

    /** Progress as of the newest commit, read afresh. */
    LakeProgress progress();

    /**
     * Starts a load, or goes on with the one of this id. Anything the table held under another load id is replaced.
     *
     * @return progress, whose {@link LakeProgress#chunks} are the finished chunks of this load
     */
    LakeProgress beginLoad(String loadId, long fence);

    /** Opens a writer for a chunk of the load. Thread-safe; each writer belongs to one thread. */
    ChunkWriter openChunk(int ordinal);

    /** Commits the end of the load: from now on {@link LakeProgress#loaded} is true and events from {@code progress.applied()} apply. */
    LakeProgress finishLoad(LakeProgress progress);

    /**
     * Starts an apply on top of the expected progress.
     *
     * @param expected what the worker computed from
     * @param fence the worker's fencing token
     */
    LakeApply beginApply(LakeProgress expected, long fence);

    /**
     * The same without an index that is kept: rows are searched for in the table. Slow where there are many keys, and nothing stays on local disk.
     */
    default LakeApply beginApplyWithoutIndex(LakeProgress expected, long fence) {
        return beginApply(expected, fence);
    }

    /**
     * Gives the mirror a later version of its schema: columns are added, dropped, renamed and widened in place, told apart by their ids. Rows keep
     * what they hold; in added columns they hold null. Conditional like any commit; progress stays as it is. Afterwards this object is of no use
     * but to be closed: find the table again.
     *
     * @param next the later version; {@link io.tidemark.spi.schema.SchemaChange#obstacle} must have found none
     * @throws io.tidemark.spi.error.TidemarkException {@code LAKE_SCHEMA_MISMATCH} when this mirror cannot follow, so that it has to be loaded again
     */
    void evolve(RowSchema next, long fence);

    /**
     * One short step of upkeep if one is due: expires old versions not in {@code keep}, merges metadata and deletes, and compacts data files where that
     * is not a {@linkplain #planRewrite rewrite}. Conditional like any commit; progress stays as it is. The caller holds the table's lease.
     *
     * @return what was done, for people; empty when nothing was due
     */
    Optional<String> maintain(long fence, List<Long> keep);

    /**
     * Chooses data files to be written anew: many small ones, or some with many deleted rows. The caller holds the table's lease.
     *
     * @return empty when nothing is due
     */
    default Optional<LakeRewrite> planRewrite() {
        return Optional.empty();
    }

    /**
     * Puts what a rewrite has written in the place of the files that it read; rows that were deleted meanwhile are deleted. Conditional like any commit;
     * progress stays as it is. No apply is under way, and the caller holds the table's lease.
     *
     * @return what was done, for people; empty when the files are not in the table any more, so that nothing was to be done
     * @throws io.tidemark.spi.error.TidemarkException also for what the run failed with
     * @throws IllegalStateException when it was not run, or is closed
     */
    default Optional<String> commitRewrite(LakeRewrite rewrite, long fence) {
        throw new UnsupportedOperationException("Cannot commit a rewrite that this table did not plan");
    }

    /** The newest version, for reading. */
    PinnedTable pin();

    /** A version by number, if it still exists. */
    Optional<PinnedTable> pin(long version);

    /** The version that was current at the time, if it still exists. */
    Optional<PinnedTable> pinAsOf(Instant time);

    /**
     * Every living row of a pinned version, soft-deleted ones not among them, through the format library's own reader: for comparison, slow. Batches
     * hold inserts of the version's schema.
     */
    void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer);

    @Override
    void close();

    /** Writes one chunk of a load. */
    interface ChunkWriter extends AutoCloseable {
        /** Appends rows; the batch is the caller's again afterwards. */
        void append(ChangeBatch batch);

        /** Commits the chunk: its rows are in the table and its ordinal in {@link LakeProgress#chunks}. Serialised between writers. */
        void commit();

        /** Discards what was not committed. */
        @Override
        void close();
    }
}
