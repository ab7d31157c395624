package io.tidemark.spi.lake;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.util.List;
import java.util.Optional;

/** A place that holds mirror tables. Safe from any thread. Errors are {@code LAKE_*} codes. */
public interface Lake extends AutoCloseable {
    /** Tests that the lake can be written and its catalog reached. */
    List<Finding> check();

    /** Whether mirrors can have columns of the type; those that they cannot have are carried as string. */
    default boolean holds(ColumnType type) {
        return true;
    }

    /** The mirror's folder, as engines open it; empty when there is no mirror, or engines find it by the format's own catalog. */
    default Optional<String> location(TableId mirror) {
        return Optional.empty();
    }

    /** The mirror of a source table, if there is one. */
    Optional<LakeTable> find(TableId table);

    /**
     * The mirror in the making: a table of its own that readers of the mirror do not see, to be loaded and then {@linkplain #publish published}. One
     * that is there and was begun in the same way is gone on with; another one is dropped.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code PARTITION_INVALID} for a partition that does not fit; {@code LAKE_SCHEMA_MISMATCH} when
     *     there is a table of the mirror's name that is no mirror
     */
    LakeTable openLoad(LakeTableSpec spec);

    /**
     * Puts a mirror in the making, whose load is finished, in the place of the mirror: who opens the mirror finds the old one whole, or the new one
     * whole. Versions of the old one are gone with it. Idempotent.
     *
     * @param loadId the load
     * @throws io.tidemark.spi.error.TidemarkException {@code LAKE_COMMIT_FENCED} when another load took over
     */
    void publish(TableId table, String loadId);

    /** Drops the mirror, one in the making too, and their files. One that does not exist is no error. */
    void drop(TableId table);

    List<TableId> tables();

    @Override
    void close();
}
