package io.tidemark.source.dynamodb;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.item.ItemTable;
import io.tidemark.spi.item.ItemTable.KeyAttribute;
import io.tidemark.spi.item.ItemWrite;
import io.tidemark.spi.item.WriteOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** Tables of DynamoDB as a workload writes to them. */
final class DynamoDbItemStore implements ItemStore {
    private static final String WRITE = "write to DynamoDB";
    private static final String CONDITION = "ConditionalCheckFailed";
    private static final int BATCH_ATTEMPTS = 20;
    private static final long BATCH_PAUSE_MILLIS = 50;

    private final Clients clients;

    DynamoDbItemStore(Clients clients) {
        this.clients = clients;
    }

    @Override
    public String description() {
        return clients.description();
    }

    @Override
    public boolean createTable(ItemTable table) {
        try {
            clients.tables().createTable(ItemRequests.create(table));
            try (DynamoDbWaiter waiter = clients.tables().waiter()) {
                waiter.waitUntilTableExists(request -> request.tableName(table.name()));
            }
            return true;
        } catch (ResourceInUseException e) {
            return false;
        } catch (SdkException e) {
            throw Clients.error("create table " + table.name(), e);
        }
    }

    @Override
    public boolean exists(String table) {
        try {
            clients.tables().describeTable(request -> request.tableName(table));
            return true;
        } catch (ResourceNotFoundException e) {
            return false;
        } catch (SdkException e) {
            throw Clients.error("describe table " + table, e);
        }
    }

    @Override
    public List<Map<String, Object>> keys(ItemTable table, int most) {
        Map<String, String> names = new HashMap<>();
        for (KeyAttribute attribute : table.key()) {
            names.put("#" + attribute.name(), attribute.name());
        }
        List<Map<String, Object>> keys = new ArrayList<>();
        try {
            Map<String, AttributeValue> from = null;
            do {
                var page = clients.tables()
                        .scan(ScanRequest.builder()
                                .tableName(table.name())
                                .projectionExpression(String.join(", ", names.keySet()))
                                .expressionAttributeNames(names)
                                .limit(Math.min(most - keys.size(), 1_000))
                                .exclusiveStartKey(from)
                                .build());
                page.items().forEach(item -> keys.add(PlainValues.key(item)));
                from = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
            } while (from != null && keys.size() < most);
            return keys;
        } catch (ResourceNotFoundException e) {
            return List.of();
        } catch (SdkException e) {
            throw Clients.error("scan table " + table.name(), e);
        }
    }

    @Override
    public WriteOutcome write(ItemWrite write) {
        return outcome(() -> switch (write.kind()) {
            case PUT ->
                clients.tables().putItem(put -> put.tableName(write.table()).item(ItemRequests.item(write)));
            case UPDATE ->
                clients.tables()
                        .updateItem(update -> update.tableName(write.table())
                                .key(ItemRequests.key(write))
                                .conditionExpression(ItemRequests.presence(write))
                                .updateExpression(ItemRequests.assignments(write))
                                .expressionAttributeNames(ItemRequests.names(write))
                                .expressionAttributeValues(ItemRequests.values(write)));
            case DELETE ->
                clients.tables()
                        .deleteItem(delete -> delete.tableName(write.table())
                                .key(ItemRequests.key(write))
                                .conditionExpression(ItemRequests.presence(write)));
        });
    }

    @Override
    public WriteOutcome writeTogether(List<ItemWrite> writes) {
        var parts = writes.stream().map(ItemRequests::together).toList();
        return outcome(() -> clients.tables().transactWriteItems(request -> request.transactItems(parts)));
    }

    private static WriteOutcome outcome(Supplier<?> call) {
        try {
            Objects.requireNonNull(call.get(), "the answer");
            return WriteOutcome.WRITTEN;
        } catch (ConditionalCheckFailedException e) {
            return WriteOutcome.MISSED;
        } catch (TransactionConflictException e) {
            return WriteOutcome.CONFLICT;
        } catch (TransactionCanceledException e) {
            List<String> reasons = e.cancellationReasons().stream()
                    .map(CancellationReason::code)
                    .toList();
            if (reasons.contains("TransactionConflict")) {
                return WriteOutcome.CONFLICT;
            }
            if (reasons.contains(CONDITION)) {
                return WriteOutcome.MISSED;
            }
            throw Clients.error(WRITE, e);
        } catch (SdkException e) {
            throw Clients.error(WRITE, e);
        }
    }

    @Override
    public void writeBatch(List<ItemWrite> writes) {
        Map<String, List<WriteRequest>> left = new HashMap<>();
        writes.forEach(write ->
                left.computeIfAbsent(write.table(), table -> new ArrayList<>()).add(ItemRequests.batched(write)));
        Map<String, List<WriteRequest>> next = left;
        for (int attempt = 1; !next.isEmpty(); attempt++) {
            Map<String, List<WriteRequest>> asked = next;
            next = Clients.calling(
                    WRITE,
                    () -> clients.tables()
                            .batchWriteItem(request -> request.requestItems(asked))
                            .unprocessedItems());
            if (!next.isEmpty()) {
                pause(attempt);
            }
        }
    }

    /** Before what the service had no room for is written again. */
    private static void pause(int attempt) {
        if (attempt >= BATCH_ATTEMPTS) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_UNREACHABLE,
                    "Cannot " + WRITE + ": the service has no room for a batch (attempts=" + attempt + ")");
        }
        try {
            Thread.sleep(BATCH_PAUSE_MILLIS * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TidemarkException(ErrorCode.SOURCE_UNREACHABLE, "Cannot " + WRITE + ": interrupted", e);
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
