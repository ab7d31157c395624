package io.tidemark.spi.lake;

import io.tidemark.spi.change.ChangeBatch;
import java.util.List;

/**
 * An upsert in the making: batches in commit order, then one commit. The last event of a key wins; unchanged values are filled from the
 * previous event of the key or from the mirror's row. For a table without a key inserts are appended, and deletes and updates (which then carry
 * the full old row) take away exactly one equal row each. Memory stays bounded whatever is added. Used by one thread.
 */
public interface LakeApply extends AutoCloseable {
    /** Adds events; the batch is the caller's again afterwards. */
    void add(ChangeBatch batch);

    /**
     * Adds rows that replace or make those of their keys, whatever their position: a repair. Keys of {@code gone} (rows with only the key
     * columns, operation DELETE) are taken away.
     */
    void repair(ChangeBatch rows);

    /**
     * Commits everything added and the new progress, as one version of the table.
     *
     * @param progress {@code applied}, {@code slice} and {@code newestCommitMicros} to record
     * @return progress as committed, and what the commit changed
     */
    ApplyResult commit(LakeProgress progress);

    /**
     * Keys of updates that leave columns unchanged whose values the mirror does not have, in canonical text
     * ({@link io.tidemark.spi.verify.TableReading}): known after {@link #add} or {@link #commit} has failed with {@code LAKE_ROW_MISSING}, as far as
     * it can tell. Empty for tables without a key.
     */
    List<List<String>> missingKeys();

    /** Discards what was not committed. */
    @Override
    void close();

    /**
     * Outcome of a commit.
     *
     * @param progress as committed
     * @param upserted row versions written
     * @param deleted row versions taken away
     */
    record ApplyResult(LakeProgress progress, long upserted, long deleted) {}
}
