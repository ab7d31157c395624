package io.tidemark.spi.source;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A transactional database whose changes can be read in commit order. Opening a source connects lazily; every method opens and closes what it
 * needs and is safe from any thread.
 *
 * <p>Order of calls for a pipeline: {@link #prepare} (idempotent), then {@link #openStream} by one capture role, while {@link #openCut} serves
 * loads and comparisons at any time. {@link #remove} ends the pipeline.
 *
 * <p>Errors are {@code SOURCE_*} codes.
 */
public interface Source extends AutoCloseable {
    /** Where and as whom, without secrets: {@code postgresql://host:5432/db as user}. */
    String description();

    /**
     * Tests connection, version, permissions and settings for capturing the tables, without changing anything. Columns that a scope leaves out are
     * of no concern; whether the scopes themselves are possible is for {@link #scopeProblem}.
     *
     * @param scopes scopes of those tables that are not mirrored whole
     * @return one finding per thing looked at, failed ones with a remedy; never throws for what a user can put right
     */
    List<Finding> check(List<TableId> tables, Map<TableId, TableScope> scopes);

    /** All user tables with their whole schemas, ordered by name. Partitions are not listed beside their partitioned table. */
    List<SourceTable> tables();

    /**
     * Why a table cannot be mirrored in its scope: a condition on a column that is not there, on a type that cannot be compared, with a literal
     * that is none of the type, or a scope that leaves nothing to tell rows apart by. Empty when it can.
     *
     * @return {@code CONFIG_INVALID} with the reason
     */
    Optional<TidemarkException> scopeProblem(SourceTable table);

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

    /**
     * Opens the stream of all transactions after the token. Only one stream of a pipeline can be open at a time.
     *
     * <p>Of a table with a scope only that comes. An update that takes a row out of the scope arrives as a DELETE of its key (as a DELETE of the
     * full old row, when the source sends that), one that brings it in as an INSERT when the source tells that the old row was out, else as an
     * UPDATE like any other, which may leave values unchanged that the mirror lacks. A DELETE may be of a row that never was in the scope,
     * unless the table has no key.
     *
     * @param schemas the tables as registered: key columns come from here, since the stream does not always tell them
     */
    ChangeStream openStream(Optional<String> resumeToken, List<SourceTable> schemas);

    /**
     * Takes a consistent cut: a position and a snapshot that agree exactly, held until closed.
     *
     * @param readers how many chunks can be read at the same time, at least 1
     * @param timeout how long to wait for running transactions to end
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_SLOT_BLOCKED} naming what was waited for
     */
    SnapshotCut openCut(int readers, Duration timeout);

    /**
     * Puts a marker into the change stream as a transaction of its own; it reaches {@link ChangeSink#marker}.
     *
     * @return a position at or after the marker's commit
     */
    Position mark(String content);

    /** What the source keeps for this pipeline. */
    SourceStatus status();

    @Override
    void close();
}
