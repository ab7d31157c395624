package io.tidemark.spi.source;

import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where tables and their changes come from: a {@link LogSource} or a {@link PartitionedSource}, by how its changes are ordered. Opening a source
 * connects lazily; every method opens and closes what it needs and is safe from any thread.
 *
 * <p>Errors are {@code SOURCE_*} codes.
 */
public interface Source extends AutoCloseable {
    /** Where and as whom, without secrets: {@code postgresql://host:5432/db as user}. */
    String description();

    /**
     * Tests connection, version, permissions and settings for capturing the tables, without changing anything. Columns that a scope leaves out are
     * of no concern; whether the scopes themselves are possible is for {@link #problems}.
     *
     * @param scopes scopes of those tables that are not mirrored whole
     * @return one finding per thing looked at, failed ones with a remedy; never throws for what a user can put right
     */
    List<Finding> check(List<TableId> tables, Map<TableId, TableScope> scopes);

    /** All user tables with their whole schemas, ordered by name. Partitions are not listed beside their partitioned table. */
    List<SourceTable> tables();

    /**
     * Why tables cannot be mirrored in their scopes: a condition on a column that is not there, on a type that cannot be compared, with a literal
     * that is none of the type, or a scope that leaves nothing to tell rows apart by; or why their changes or rows cannot be had, by permissions for
     * example. Asked of all tables that wait for their load at each look at them, so it costs the source as little for many as for one.
     *
     * @return the first problem of each table that has one
     */
    Map<TableId, TidemarkException> problems(List<SourceTable> tables);

    /**
     * Makes the source keep and publish the changes of exactly these tables (Postgres: publication and slot). Idempotent; called again when
     * the set of tables changes, while a stream is open too.
     *
     * @param resumeToken where the pipeline will go on; empty for a new pipeline
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_SLOT_LOST} when the source no longer has the changes after the token
     */
    void prepare(List<SourceTable> tables, Optional<String> resumeToken);

    /** Undoes {@link #prepare}. Nothing to undo is no error. */
    void remove();

    @Override
    void close();
}
