package io.tidemark.lake.upsert.table;

import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.List;

/** Where new rows of a table go. Not thread-safe. */
public interface NewFiles {
    /** Number of the file for rows of any partition. */
    int SHARED = -1;

    /** Whether rows are to be told apart by partition. */
    boolean isPartitioned();

    /** Whether there are files for rows of any partition; all formats have them for tables without partitions. */
    default boolean canShare() {
        return true;
    }

    /** The row's partition: numbers from 0 in the order in which partitions are met. */
    int partition(List<? extends ColumnVector> vectors, int row);

    /**
     * Opens a file.
     *
     * @param partition a number that {@link #partition} gave, or {@link #SHARED} if files {@linkplain #canShare can be shared}
     */
    FileWriter create(int partition) throws IOException;
}
