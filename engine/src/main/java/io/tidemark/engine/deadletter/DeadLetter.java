package io.tidemark.engine.deadletter;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A row that was set aside and has not been read again since.
 *
 * @param id tells letters of a pipeline apart; the same for the same row when it is met again
 * @param table the table
 * @param operation what happened to the row: {@code insert}, {@code update}, {@code delete}, or {@code load} for a row of the first copy
 * @param position place of its transaction; the cutoff of the load for {@code load}
 * @param sequence order inside the transaction or chunk
 * @param keys keys that the mirror may lack or hold an older row of, in canonical text; empty when they cannot be read
 * @param code code of the error
 * @param reason why, naming the column
 * @param remedy what to do
 * @param path where the row and this record lie in the lake's storage, without {@code .bin} and {@code .json}
 * @param bytes size of the row as received
 * @param at when it was set aside
 */
public record DeadLetter(
        String id,
        TableId table,
        String operation,
        Position position,
        long sequence,
        List<List<String>> keys,
        String code,
        String reason,
        String remedy,
        String path,
        long bytes,
        Instant at) {
    /** Operation of a row that was met while the table was loaded. */
    public static final String LOAD = "load";

    public DeadLetter {
        keys = List.copyOf(keys);
    }

    /** Whether reading the row again can heal it. */
    public boolean canRetry() {
        return !keys.isEmpty();
    }

    /** The same, concerning one more key. */
    DeadLetter withKey(List<String> key) {
        List<List<String>> more = new ArrayList<>(keys);
        if (!more.contains(key)) {
            more.add(key);
        }
        return new DeadLetter(id, table, operation, position, sequence, more, code, reason, remedy, path, bytes, at);
    }
}
