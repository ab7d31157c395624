package io.tidemark.metastore.dynamodb;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.EntryLimits;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/**
 * Entries as items of one table, all in one partition, so that they can be listed by prefix with strong consistency; a list shows each entry as it was
 * at some moment of the call. Most entries are one item, and one conditional call writes it. What a value has beyond the size of an item is in further
 * items, which are read and written together with the first one in a transaction.
 *
 * <p>A call whose answer was lost is repeated by the SDK, and must not take its own write for that of another: items hold the token of the call that
 * wrote them, and transactions have one by which DynamoDB knows them.
 *
 * <p>Versions: a write of an existing entry adds one. The floor, an item of its own, is at least the version of every entry ever deleted; a new entry
 * starts above it, so that no version of a key repeats.
 *
 * <p>Source: Amazon DynamoDB API reference, PutItem, Query, TransactGetItems, TransactWriteItems; Developer Guide, "Quotas and limits".
 */
final class DynamoDbMetadataStore implements MetadataStore {
    /** Attempts at what a transaction of another call on the same items stands in the way of. */
    private static final int ATTEMPTS = 20;

    private static final int PAUSE_MILLIS = 50;
    private static final String CONFLICT = "TransactionConflict";
    private static final String FAILED = "ConditionalCheckFailed";

    private final DynamoDbClient client;
    private final EntryTable table;

    private DynamoDbMetadataStore(DynamoDbClient client, EntryTable table) {
        this.client = client;
        this.table = table;
    }

    /** @param client is closed with the store */
    static DynamoDbMetadataStore open(DynamoDbClient client, String name) {
        EntryTable table = new EntryTable(client, name);
        DynamoDbMetadataStore store = new DynamoDbMetadataStore(client, table);
        try {
            store.call("open", "", () -> {
                table.prepare();
                return true;
            });
            return store;
        } catch (TidemarkException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> read(String key) {
        EntryLimits.checkKey(key);
        return call("read", key, () -> find(key));
    }

    @Override
    public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        EntryLimits.checkKey(key);
        EntryLimits.checkValue(key, value);
        return call("write", key, () -> {
            long version = expectedVersion == Entry.ABSENT ? table.raiseFloor() : expectedVersion + 1;
            EntryItems items =
                    new EntryItems(key, version, value, UUID.randomUUID().toString());
            boolean isWritten = items.isOne() ? put(items, expectedVersion) : replace(items, expectedVersion);
            return isWritten ? Optional.of(new Entry(key, version, value)) : Optional.empty();
        });
    }

    @Override
    public List<Entry> list(String prefix) {
        EntryLimits.checkPrefix(prefix);
        return call("list", prefix, () -> {
            List<Entry> entries = new ArrayList<>();
            for (Map<String, AttributeValue> item : table.query(prefix)) {
                if (EntryItems.isWhole(item)) {
                    entries.add(EntryItems.entry(item));
                } else {
                    find(EntryItems.key(item)).ifPresent(entries::add);
                }
            }
            return List.copyOf(entries);
        });
    }

    @Override
    public boolean delete(String key, long expectedVersion) {
        EntryLimits.checkKey(key);
        if (expectedVersion == Entry.ABSENT) {
            return false;
        }
        return call("delete", key, () -> {
            table.raiseFloorTo(expectedVersion);
            return transact(table.deletes(key, expectedVersion));
        });
    }

    @Override
    public void close() {
        client.close();
    }

    private Optional<Entry> find(String key) {
        Optional<Map<String, AttributeValue>> first = table.find(key);
        if (first.isEmpty() || EntryItems.isWhole(first.orElseThrow())) {
            return first.map(EntryItems::entry);
        }
        return untangled(() -> EntryItems.join(table.findAll(key)));
    }

    /** Writes an entry of one item over one of one item. */
    private boolean put(EntryItems items, long expectedVersion) {
        try {
            return untangled(() -> {
                client.putItem(put -> put.tableName(table.name())
                        .item(items.first())
                        .conditionExpression(EntryItems.condition(expectedVersion) + EntryItems.AND_WHOLE)
                        .expressionAttributeNames(EntryItems.namesWhole())
                        .expressionAttributeValues(EntryItems.values(expectedVersion))
                        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
                return true;
            });
        } catch (ConditionalCheckFailedException e) {
            Map<String, AttributeValue> there = e.hasItem() ? e.item() : Map.of();
            if (items.isWrittenAs(there)) {
                return true;
            }
            boolean isLarger =
                    !there.isEmpty() && EntryItems.version(there) == expectedVersion && !EntryItems.isWhole(there);
            return isLarger && replace(items, expectedVersion);
        }
    }

    /** Writes an entry of any number of items over one of any number of items. */
    private boolean replace(EntryItems items, long expectedVersion) {
        return transact(table.writes(items, expectedVersion));
    }

    /** Does all, or nothing when the condition of one does not hold. */
    private boolean transact(List<TransactWriteItem> writes) {
        return untangled(() -> {
            try {
                client.transactWriteItems(all -> all.transactItems(writes)
                        .clientRequestToken(UUID.randomUUID().toString()));
                return true;
            } catch (TransactionCanceledException e) {
                if (e.cancellationReasons().stream().anyMatch(reason -> FAILED.equals(reason.code()))) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** Tries again while another transaction has one of the items. */
    private static <T> T untangled(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (TransactionConflictException | TransactionCanceledException e) {
                boolean isTangled = e instanceof TransactionConflictException
                        || ((TransactionCanceledException) e)
                                .cancellationReasons().stream().anyMatch(reason -> CONFLICT.equals(reason.code()));
                if (!isTangled || attempt == ATTEMPTS) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private static void pause(SdkException reason) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, PAUSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }

    private <T> T call(String verb, String key, Supplier<T> work) {
        try {
            return work.get();
        } catch (SdkException e) {
            throw unavailable(verb, table.name(), key, e);
        }
    }

    static TidemarkException unavailable(String verb, String table, String key, SdkException e) {
        return new TidemarkException(
                ErrorCode.METASTORE_UNAVAILABLE,
                "Cannot " + verb + " the metadata store: "
                        + Objects.requireNonNullElse(
                                e.getMessage(), e.getClass().getSimpleName()) + " (key=" + key
                        + ", table=" + table + ")",
                e);
    }
}
