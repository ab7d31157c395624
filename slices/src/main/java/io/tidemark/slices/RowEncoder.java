package io.tidemark.slices;

import io.tidemark.spi.change.ChangeBatch;
import java.io.IOException;

/** Writes events into one file in one of the formats. One thread. */
interface RowEncoder extends AutoCloseable {
    /**
     * Writes all rows of a batch.
     *
     * @param events what the rows are beside their columns
     * @throws IllegalArgumentException for a value that does not fit its column's type
     */
    void append(ChangeBatch batch, EventColumns events) throws IOException;

    /** Bytes written and buffered, about what the file will take. */
    long bytes();

    /** Encoded rows that wait in memory. */
    long bufferedBytes();

    /** Writes what waits in memory. */
    void flush() throws IOException;

    /** Ends the file, without closing what it is written to; returns how many rows it holds. */
    long finish() throws IOException;

    /** Gives memory back. */
    @Override
    void close();
}
