package io.tidemark.lake.upsert.table;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One mirror table as its format keeps it. Versions and files that come back are those that this store gave. Thread-safe.
 *
 * <p>A commit is computed from a version and ends in one of four outcomes: committed; conflict ({@code LAKE_COMMIT_CONFLICT}: the table moved on,
 * progress did not); fenced ({@code LAKE_COMMIT_FENCED}: progress moved on or a newer fence was seen); unknown ({@code LAKE_COMMIT_UNKNOWN}:
 * nobody knows, so no file may be deleted).
 */
public interface TableStore {
    LakeTableSpec spec();

    /** The newest version, read afresh. */
    TableVersion refresh();

    LiveFiles live(TableVersion version);

    /** What reading and writing rows of the version needs. */
    TableFiles files(TableVersion version);

    /**
     * Commits a new version.
     *
     * @param base what the change was computed from
     * @param progress what the new version says of itself, the fence included
     */
    Committed commit(TableVersion base, LakeProgress progress, TableChange change);

    /** How a version came from an earlier one. */
    Lineage lineage(TableVersion version, long earlier);

    /** Changes the columns; progress stays as it is. */
    void evolve(TableVersion base, LakeTableSpec after, long fence);

    /**
     * A step of upkeep that only this format needs, if one is due.
     *
     * @return what was done
     */
    Optional<String> maintain(TableVersion base, long fence, List<Long> keep);

    PinnedTable pin();

    Optional<PinnedTable> pin(long version);

    Optional<PinnedTable> pinAsOf(Instant time);

    /** Every row of a pinned version, through the format library's own reader. */
    void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer);

    /** Whether a commit that ended in this error certainly made no version, so that its files can be deleted. Any other error says nothing. */
    static boolean isCertainFailure(TidemarkException e) {
        return switch (e.code()) {
            case LAKE_COMMIT_CONFLICT,
                    LAKE_COMMIT_FENCED,
                    LAKE_TABLE_MISSING,
                    LAKE_IO,
                    STORAGE_UNAVAILABLE,
                    STORAGE_THROTTLED,
                    CATALOG_UNAVAILABLE,
                    DISK_FULL,
                    OPEN_FILES_EXHAUSTED -> true;
            default -> false;
        };
    }

    /** How a version came from an earlier one. */
    enum Lineage {
        /** It did not. */
        NONE,
        /** By commits of Tidemark, which never give a key a second row. */
        OURS,
        /** Other programs committed too. */
        FOREIGN
    }

    /**
     * A commit that succeeded.
     *
     * @param version the table afterwards, which may be a later version than the one made
     * @param progress what the version that was made says of itself
     * @param deletedRows rows deleted that were not before, as far as the format can tell; with a cleared table all that it had
     */
    record Committed(TableVersion version, LakeProgress progress, long deletedRows) {}
}
