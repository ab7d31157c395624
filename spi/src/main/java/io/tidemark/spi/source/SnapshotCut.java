package io.tidemark.spi.source;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.verify.TableReading;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A consistent view of the source: exactly the transactions whose position is before {@link #cutoff}. Safe from as many threads as readers
 * were asked for; further ones wait. Once the source has lost the view, every call fails with {@code SOURCE_CONNECTION_LOST}.
 */
public interface SnapshotCut extends AutoCloseable {
    /** Transactions with {@code position < cutoff} are in the view, others are not. */
    Position cutoff();

    /**
     * As of when {@link #plan} and {@link #read} have the table, by the source's clock, if that is a time before the view was opened: changes from
     * before may or may not be in it, changes from then on are not. {@link #reading} and {@link #readKeys} are as of {@link #cutoff} always.
     */
    default Optional<Instant> asOf(SourceTable table) {
        return Optional.empty();
    }

    /**
     * Cuts a table into chunks of about this size that cover every row once, also rows that move or arrive later: the last chunk has no upper
     * bound. The plan stays valid for later cuts of the same table.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_SCHEMA_CHANGED} when the table has other columns at this cut
     */
    List<SnapshotChunk> plan(SourceTable table, long chunkBytes);

    /**
     * Reads a chunk; every batch that the consumer gets is full or the last, holds inserts at {@link #cutoff}, and is reused after the call.
     *
     * <p>Ends with the reason of the first row that cannot be decoded.
     *
     * @return rows read
     */
    default long read(SnapshotChunk chunk, SourceTable table, Consumer<ChangeBatch> consumer) {
        return read(chunk, table, consumer, row -> {
            throw row.reason();
        });
    }

    /**
     * The same, going on behind rows that cannot be decoded.
     *
     * @param undecodable gets the rows that are left out; what it throws ends the reading
     * @return rows read, without those
     */
    long read(
            SnapshotChunk chunk,
            SourceTable table,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable);

    /**
     * Reads the rows with these keys, as {@link #read} does.
     *
     * @param keys values of the key columns in key order, in canonical text ({@link TableReading})
     * @param undecodable gets the rows that are left out; what it throws ends the reading
     */
    long readKeys(
            SourceTable table,
            List<List<String>> keys,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable);

    /** The same, ending with the reason of the first row that cannot be decoded. */
    default long readKeys(SourceTable table, List<List<String>> keys, Consumer<ChangeBatch> consumer) {
        return readKeys(table, keys, consumer, row -> {
            throw row.reason();
        });
    }

    /** This side of a comparison; the database renders its values itself. */
    TableReading reading(SourceTable table);

    @Override
    void close();
}
