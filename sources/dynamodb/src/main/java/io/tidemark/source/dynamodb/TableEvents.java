package io.tidemark.source.dynamodb;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.PartitionSink;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.OperationType;
import software.amazon.awssdk.services.dynamodb.model.Record;

/** Stream records of a table as events. Used by one thread. */
final class TableEvents {
    private final TableItems items;

    TableEvents(TableItems items) {
        this.items = items;
    }

    /** Appends the event of a record to the sink's batch; a row that does not fit is handed over as undecodable. */
    void take(Record row, PartitionSink sink) {
        boolean isDelete = row.eventName() == OperationType.REMOVE;
        Map<String, AttributeValue> item =
                isDelete ? row.dynamodb().keys() : row.dynamodb().newImage();
        Operation operation = isDelete
                ? Operation.DELETE
                : row.eventName() == OperationType.INSERT ? Operation.INSERT : Operation.UPDATE;
        Instant time = row.dynamodb().approximateCreationDateTime();
        TidemarkException unmet = isDelete ? null : met(item);
        ChangeBatch batch = sink.batch(items.schema());
        int at = batch.size();
        batch.beginRow(operation, sink.position(), 0, 0, time == null ? 0 : time.toEpochMilli() * 1_000);
        try {
            if (unmet != null) {
                throw unmet;
            }
            if (isDelete) {
                items.rows().appendKey(batch, item);
            } else {
                items.rows().append(batch, item);
            }
        } catch (TidemarkException e) {
            batch.truncate(at);
            sink.undecodable(items.undecodable(item, operation, new Position(sink.position()), 0, e));
        }
    }

    private @Nullable TidemarkException met(Map<String, AttributeValue> item) {
        try {
            items.meet(item);
            return null;
        } catch (TidemarkException e) {
            return e;
        }
    }
}
