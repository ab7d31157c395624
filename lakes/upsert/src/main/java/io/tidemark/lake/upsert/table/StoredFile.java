package io.tidemark.lake.upsert.table;

import java.io.Serializable;

/** A Parquet file with rows of a table, with what its format knows of it. */
public interface StoredFile extends Serializable {
    /** Location, by which files are told apart. */
    String path();

    /** Rows in the file, deleted ones included. */
    long rows();

    long bytes();

    /** Files of one group may be compacted into one. */
    Object group();
}
