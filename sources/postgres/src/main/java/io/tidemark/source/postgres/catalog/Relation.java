package io.tidemark.source.postgres.catalog;

import io.tidemark.spi.schema.TableId;

/**
 * A relation that can hold rows of a table, as {@code pg_class} has it.
 *
 * @param oid its oid
 * @param id schema and name
 * @param kind {@code relkind}: r table, p partitioned table, f foreign table
 * @param isPartition whether it is a partition of another relation
 * @param parent oid of the relation that it is a partition of; 0 for none
 * @param persistence as the catalog writes it: p permanent, u unlogged
 * @param identity {@code relreplident}: d default, i index, f full, n nothing
 * @param estimatedRows estimate, -1 when unknown
 * @param estimatedBytes estimate with out-of-line values, -1 when unknown
 */
record Relation(
        long oid,
        TableId id,
        char kind,
        boolean isPartition,
        long parent,
        char persistence,
        char identity,
        long estimatedRows,
        long estimatedBytes) {
    boolean isPartitioned() {
        return kind == 'p';
    }

    boolean isForeign() {
        return kind == 'f';
    }

    boolean isUnlogged() {
        return persistence == 'u';
    }
}
