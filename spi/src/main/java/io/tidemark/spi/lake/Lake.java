package io.tidemark.spi.lake;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.util.List;
import java.util.Optional;

/** A place that holds mirror tables. Safe from any thread. Errors are {@code LAKE_*} codes. */
public interface Lake extends AutoCloseable {
    /** Tests that the lake can be written and its catalog reached. */
    List<Finding> check();

    /** The mirror of a source table, if there is one. */
    Optional<LakeTable> find(TableId table);

    /**
     * Makes an empty mirror.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code PARTITION_INVALID} for a partition that does not fit; {@code LAKE_SCHEMA_MISMATCH} when
     *     the table exists
     */
    LakeTable create(LakeTableSpec spec);

    /** Drops the mirror and its files. One that does not exist is no error. */
    void drop(TableId table);

    List<TableId> tables();

    @Override
    void close();
}
