package io.tidemark.lake.upsert.table;

import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.List;

/** Writes one data file. Not thread-safe. */
public interface FileWriter extends AutoCloseable {
    String location();

    /** Rows written so far. */
    long rows();

    /** About the bytes of the file so far. */
    long bytes();

    /** Bytes that wait in memory. */
    long bufferedBytes();

    void flushRowGroup() throws IOException;

    /** Writes the rows {@code rows[from]} to {@code rows[to - 1]} of the vectors. */
    void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException;

    /** Writes the rows {@code [from, to)} of the vectors. */
    void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException;

    /** Ends the file: from now on it is durable, and part of the table when it is committed. */
    StoredFile finish() throws IOException;

    /** Gives an unfinished file up. */
    @Override
    void close();
}
