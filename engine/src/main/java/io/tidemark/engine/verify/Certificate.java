package io.tidemark.engine.verify;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import java.time.Instant;

/**
 * What was compared and with what result; stored with the lake under {@code proofs/}.
 *
 * @param pipeline the pipeline
 * @param table the table
 * @param equal whether both sides are the same
 * @param agreement in what sense both sides are the same
 * @param position both sides hold exactly the transactions before this position
 * @param slice newest slice that the mirror had applied as a whole
 * @param range the compared key range; empty for the whole table
 * @param rows rows of the source
 * @param mirrorRows rows of the mirror
 * @param checksum sum of the row hashes of the source, 128 bits, hexadecimal
 * @param mirrorChecksum the same of the mirror
 * @param source where the source is
 * @param mirrorVersion version of the mirror
 * @param at when the cut was taken
 * @param millis how long the comparison took, milliseconds
 */
public record Certificate(
        String pipeline,
        TableId table,
        boolean equal,
        Agreement agreement,
        Position position,
        long slice,
        String range,
        long rows,
        long mirrorRows,
        String checksum,
        String mirrorChecksum,
        String source,
        long mirrorVersion,
        Instant at,
        long millis) {
    /** What a comparison proves. */
    public enum Agreement {
        /** Both sides at one position. */
        CUT,
        /** Both sides at one position: nothing was written to the table while its rows were read one after the other. */
        QUIESCED,
        /**
         * Each row at a position of its own: rows were written to while others were read. Rows and checksums of both sides are then those of somewhat
         * different times.
         */
        PER_ROW
    }
}
