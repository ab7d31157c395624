package io.tidemark.spi.lake;

/**
 * The same rows in better files, written while slices are applied to the table. Order of calls: {@link LakeTable#planRewrite} under the table's lease;
 * {@link #run} once, on any thread and without the lease; when it has returned, {@link LakeTable#commitRewrite} under the lease again, also through
 * another object for the same table; then {@link #close}.
 */
public interface LakeRewrite extends AutoCloseable {
    /** Writes the new files. What fails is told by {@link LakeTable#commitRewrite}. */
    void run();

    /** Gives it up: a run that is under way ends soon. What was written is deleted, unless it is or may be part of the table. Thread-safe. */
    @Override
    void close();
}
