package io.tidemark.engine.capture;

import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.source.UndecodableRow;
import java.time.Instant;
import java.util.List;

/**
 * What a helper of capture has read since its part before: files in the format of slices whose positions count from 1, and how far that moves its
 * partitions. It is taken as a whole, and only while those stand where it begins.
 *
 * @param events positions that its rows take
 * @param since when the first of them was captured
 * @param files in commit order of each table
 * @param moves partitions that were read further
 * @param undecodable rows that are in no file because a value of them does not fit
 */
record Part(long events, Instant since, List<SliceFile> files, List<Move> moves, List<Undecodable> undecodable) {
    Part {
        files = List.copyOf(files);
        moves = List.copyOf(moves);
        undecodable = List.copyOf(undecodable);
    }

    /** A partition that was read from one position to another. */
    record Move(String stream, String partition, String from, String to) {}

    /** An {@link UndecodableRow} as it is stored. */
    @SuppressWarnings("ArrayRecordComponent")
    record Undecodable(
            TableId table,
            Operation operation,
            long position,
            long sequence,
            List<List<String>> keys,
            String column,
            ErrorCode code,
            String reason,
            String remedy,
            byte[] raw) {
        static Undecodable of(UndecodableRow row) {
            return new Undecodable(
                    row.table(),
                    row.operation(),
                    row.position().value(),
                    row.sequence(),
                    row.keys(),
                    row.column(),
                    row.reason().code(),
                    row.reason().reason(),
                    row.reason().remedy(),
                    row.raw());
        }

        /** The row in a slice in which the part's positions begin after this one. */
        UndecodableRow after(long before) {
            return new UndecodableRow(
                    table,
                    operation,
                    new Position(before + position),
                    sequence,
                    keys,
                    column,
                    new TidemarkException(code, reason, remedy, null),
                    raw);
        }
    }
}
