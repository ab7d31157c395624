package io.tidemark.spark.upsert;

import io.tidemark.spi.change.ChangeBatch;
import java.io.Serializable;
import java.util.function.Consumer;

/** Events of one table, in pieces that tasks read: all events of a piece come before those of the next. */
public interface EventSource extends Serializable {
    /** How many pieces there are. An UPDATE is in the same piece as its BEFORE. */
    int pieces();

    /** Whether there are BEFORE events. */
    boolean hasKeyChanges();

    /** About the bytes of all pieces. */
    long bytes();

    /** Reads a piece in commit order. A batch is valid during the call only. */
    void read(int piece, Consumer<ChangeBatch> consumer);
}
