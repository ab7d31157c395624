package io.tidemark.spi.source;

import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.List;

/**
 * A row that was left out because a value of it cannot be held by its column's type.
 *
 * @param table the table
 * @param operation what happened to the row; INSERT for a row of a snapshot
 * @param position place of its transaction; the cutoff for a row of a snapshot
 * @param sequence order of the event inside its transaction; of the row inside its chunk
 * @param keys keys of the row, in canonical text ({@link io.tidemark.spi.verify.TableReading}): the new one, then the old one if that was another;
 *     empty when the table has none or it cannot be read
 * @param column name of the column whose value it is; empty when the reason is another one
 * @param reason why, naming table and column
 * @param raw the row as received
 */
// Handed on once and never compared, so that a copy of the bytes would serve nobody.
@SuppressWarnings("ArrayRecordComponent")
public record UndecodableRow(
        TableId table,
        Operation operation,
        Position position,
        long sequence,
        List<List<String>> keys,
        String column,
        TidemarkException reason,
        byte[] raw) {
    public UndecodableRow {
        keys = List.copyOf(keys);
    }
}
