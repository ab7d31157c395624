package io.tidemark.spark.upsert;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the events of one piece apart by the buckets of their keys. An update that moves its row to a key of another bucket becomes a delete there
 * and an update here; keys whose events need each other are in one bucket already ({@link KeyLinks}). Truncates go to all buckets. Used by one thread.
 */
final class EventSplit {
    private static final int CHUNK_ROWS = 8192;
    private static final long CHUNK_BYTES = 4L << 20;

    private final int piece;
    private final KeyBuckets buckets;
    private final EventKeys keys;
    private final BiConsumer<ChunkPlace, ChangeBatch> chunks;
    private final @Nullable ChangeBatch[] open;
    private final int[] sequences;

    /** A BEFORE event whose UPDATE has not come yet. */
    private @Nullable ChangeBatch before;

    /**
     * @param chunks takes chunks, which are its own
     */
    EventSplit(int piece, EventKeys keys, KeyBuckets buckets, BiConsumer<ChunkPlace, ChangeBatch> chunks) {
        this.piece = piece;
        this.buckets = buckets;
        this.keys = keys;
        this.chunks = chunks;
        this.open = new ChangeBatch[buckets.count()];
        this.sequences = new int[buckets.count()];
    }

    /** Takes events; the batch is the caller's again afterwards. */
    void add(ChangeBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            Operation operation = batch.operation(row);
            if (operation == Operation.BEFORE) {
                before = new ChangeBatch(batch.schema(), 1);
                before.appendFrom(batch, row);
            } else if (operation == Operation.TRUNCATE) {
                for (int bucket = 0; bucket < open.length; bucket++) {
                    append(bucket, batch, row);
                }
            } else if (operation == Operation.UPDATE && before != null) {
                update(Objects.requireNonNull(before), batch, row);
                before = null;
            } else {
                append(bucket(batch, row), batch, row);
            }
        }
    }

    /** Ends the piece. */
    void finish() {
        if (before != null) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROTOCOL,
                    "Cannot apply events of " + before.schema().table() + ": a BEFORE event has no UPDATE after it");
        }
        for (int bucket = 0; bucket < open.length; bucket++) {
            flush(bucket);
        }
    }

    private void update(ChangeBatch old, ChangeBatch batch, int row) {
        int from = bucket(old, 0);
        int to = bucket(batch, row);
        if (from == to) {
            append(from, old, 0);
            append(to, batch, row);
            return;
        }
        boolean isLacking = batch.columns().stream().anyMatch(column -> column.isUnchanged(row));
        if (isLacking && batch.schema().beforeImage() != BeforeImage.FULL) {
            throw new IllegalStateException(
                    "Cannot split events of " + batch.schema().table() + ": two keys should have been linked");
        }
        appendDelete(from, old);
        if (isLacking) {
            append(to, old, 0);
        }
        append(to, batch, row);
    }

    private int bucket(ChangeBatch batch, int row) {
        byte[] key = keys.of(batch, row);
        return buckets.of(key, key.length);
    }

    private void append(int bucket, ChangeBatch batch, int row) {
        chunk(bucket, batch.schema()).appendFrom(batch, row);
        bound(bucket);
    }

    private void appendDelete(int bucket, ChangeBatch old) {
        ChangeBatch chunk = chunk(bucket, old.schema());
        chunk.beginRow(Operation.DELETE, old.position(0), old.sequence(0), old.transaction(0), old.commitMicros(0));
        for (int i = 0; i < old.columns().size(); i++) {
            chunk.column(i).appendFrom(old.column(i), 0);
        }
        bound(bucket);
    }

    private ChangeBatch chunk(int bucket, RowSchema schema) {
        ChangeBatch chunk = open[bucket];
        if (chunk == null) {
            chunk = new ChangeBatch(schema, 64);
            open[bucket] = chunk;
        }
        return chunk;
    }

    private void bound(int bucket) {
        ChangeBatch chunk = Objects.requireNonNull(open[bucket]);
        if (chunk.size() >= CHUNK_ROWS || chunk.sizedBytes() >= CHUNK_BYTES) {
            flush(bucket);
        }
    }

    private void flush(int bucket) {
        ChangeBatch chunk = open[bucket];
        if (chunk != null) {
            open[bucket] = null;
            chunks.accept(new ChunkPlace(bucket, piece, sequences[bucket]++), chunk);
        }
    }
}
