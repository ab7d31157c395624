package io.tidemark.testkit.lake;

import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lake in a temporary folder that can crash, and what its format cannot do. Upkeep of its tables is due early: after some twenty small commits
 * {@link io.tidemark.spi.lake.LakeTable#maintain} has something to do, and leaves no version but the newest ten at most and those to be kept.
 */
public interface LakeFixture extends AutoCloseable {
    /** The lake as of the newest start. */
    Lake lake();

    /**
     * The process dies and starts again on the same machine: what is on disk at this moment is all there is. The lake and the tables that were open
     * stay open: they are what a zombie holds, and work on the same lake.
     */
    void crash();

    /** The same on another machine: what the lake keeps besides its tables (a key index) is not there. */
    void crashAndMove();

    /**
     * All rows of a data file in the file's order, deleted ones included, as a query engine reads them: columns found as
     * {@link PinnedTable#fieldIds} says. Values are canonical texts ({@link io.tidemark.spi.verify.TableReading}) of the schema's columns, with soft
     * deletes then that of {@link io.tidemark.spi.lake.LakeTableSpec#DELETED_AT}.
     */
    List<List<@Nullable String>> fileRows(PinnedTable pinned, PinnedFile file);

    /**
     * Size of a data file in bytes, if it is there.
     *
     * @param location as {@link PinnedFile#location} says: by default a path on a local disk
     */
    default OptionalLong findBytes(String location) {
        Path file = Path.of(location);
        try {
            return Files.isRegularFile(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Faults that {@link #failNext} can bring about, {@link CommitFault#NONE} among them. */
    default Set<CommitFault> faults() {
        return Set.of(CommitFault.NONE);
    }

    /** The next commit to a table of this lake by this thread ends so. */
    default void failNext(CommitFault fault) {
        if (fault != CommitFault.NONE) {
            throw new IllegalArgumentException(
                    "Cannot fail a commit: the fixture has no such fault (fault=" + fault + ")");
        }
    }

    /** What the format cannot do. */
    default Set<LakeFeature> lacks() {
        return Set.of();
    }

    /** Whether mirrors have columns of the type; if not, they are refused when the mirror is made or the column added. */
    default boolean holds(ColumnType type) {
        return true;
    }

    /** Whether columns of the type hold the value, given as canonical text; if not, it is refused when it is loaded or applied. */
    default boolean holds(ColumnType type, String value) {
        return true;
    }

    /** Whether a column that is added in place can come with this value for the rows that are there. */
    default boolean holdsConstant(ColumnType type, String value) {
        return true;
    }

    /** Whether mirrors can be partitioned so by a column of the type; if not, it is {@code PARTITION_INVALID}. */
    default boolean partitions(Transform transform, ColumnType type) {
        return true;
    }

    /** Whether a column of the type that partitions a mirror holds the value; if not, it is refused with {@code PARTITION_INVALID}. */
    default boolean holdsInPartition(ColumnType type, String value) {
        return holds(type, value);
    }

    /** Slices of each simulated schedule: fewer where commits take long. */
    default int simulatedSlices() {
        return 15;
    }

    /** A time after all commits so far and before all later ones. */
    default Instant instantBetweenCommits() {
        return Clocks.passed();
    }

    @Override
    void close();
}
