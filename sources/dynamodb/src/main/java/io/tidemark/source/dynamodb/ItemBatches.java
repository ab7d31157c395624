package io.tidemark.source.dynamodb;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.UndecodableRow;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items of a chunk on their way into batches, as inserts at one position. Used by one thread. */
final class ItemBatches {
    private static final int BATCH_ROWS = 4_096;
    private static final long BATCH_BYTES = 4L << 20;

    private final TableItems items;
    private final Position position;
    private final long asOfMicros;
    private final Consumer<ChangeBatch> consumer;
    private final Consumer<UndecodableRow> undecodable;
    private ChangeBatch batch;
    private long read;
    private long sequence;

    /** @param asOfMicros time that items are as of, in microseconds since 1970 */
    ItemBatches(
            TableItems items,
            Position position,
            long asOfMicros,
            Consumer<ChangeBatch> consumer,
            Consumer<UndecodableRow> undecodable) {
        this.items = items;
        this.position = position;
        this.asOfMicros = asOfMicros;
        this.consumer = consumer;
        this.undecodable = undecodable;
        this.batch = new ChangeBatch(items.schema(), BATCH_ROWS);
    }

    void add(Map<String, AttributeValue> item) {
        items.meet(item);
        if (isOfAnotherSchema()) {
            hand();
            batch = new ChangeBatch(items.schema(), BATCH_ROWS);
        } else if (batch.size() >= BATCH_ROWS || batch.sizedBytes() >= BATCH_BYTES) {
            hand();
        }
        int row = batch.size();
        batch.beginRow(Operation.INSERT, position.value(), sequence, 0, asOfMicros);
        try {
            items.rows().append(batch, item);
            read++;
        } catch (TidemarkException e) {
            batch.truncate(row);
            undecodable.accept(items.undecodable(item, Operation.INSERT, position, sequence, e));
        }
        sequence++;
    }

    /** Hands the last batch on; returns how many rows there were, without those that were left out. */
    long end() {
        hand();
        return read;
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isOfAnotherSchema() {
        return batch.schema() != items.schema();
    }

    private void hand() {
        if (!batch.isEmpty()) {
            consumer.accept(batch);
            batch.clear();
        }
    }
}
