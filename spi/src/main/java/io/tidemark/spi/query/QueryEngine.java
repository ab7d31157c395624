package io.tidemark.spi.query;

import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.verify.TableReading;

/**
 * Local SQL over pinned mirror tables and the slice log; reads nothing else. Safe from any thread. Errors: {@code QUERY_REJECTED} for anything
 * but one SELECT over known tables and for versions whose files do not tell their rows, {@code QUERY_FAILED} for what the engine refuses.
 */
public interface QueryEngine extends AutoCloseable {
    /**
     * Runs one SELECT. Mirror tables are {@code "schema"."table"} (or {@code table} where that is unambiguous), history is
     * {@code history."schema"."table"}.
     */
    void run(String sql, QueryCatalog catalog, ResultVisitor visitor);

    /** One side of a comparison over a pinned table. Rows that are soft-deleted do not count. */
    TableReading reading(PinnedTable pinned);

    @Override
    void close();
}
