package io.tidemark.metastore.dynamodb;

import static io.tidemark.metastore.dynamodb.EntryItems.BEHIND;
import static io.tidemark.metastore.dynamodb.EntryItems.ENTRIES;
import static io.tidemark.metastore.dynamodb.EntryItems.PARTITION;
import static io.tidemark.metastore.dynamodb.EntryItems.PARTS_MAX;
import static io.tidemark.metastore.dynamodb.EntryItems.SORT;
import static io.tidemark.metastore.dynamodb.EntryItems.VERSION;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The table of the entries, and the item of the floor. All reads are strongly consistent. */
final class EntryTable {
    private static final String FLOOR = BEHIND + "floor";
    private static final String LAYOUT_ATTRIBUTE = "layout";
    private static final String LAYOUT = "1";
    private static final List<KeySchemaElement> SCHEMA = List.of(
            KeySchemaElement.builder()
                    .attributeName(PARTITION)
                    .keyType(KeyType.HASH)
                    .build(),
            KeySchemaElement.builder()
                    .attributeName(SORT)
                    .keyType(KeyType.RANGE)
                    .build());

    private final DynamoDbClient client;
    private final String name;

    EntryTable(DynamoDbClient client, String name) {
        this.client = client;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Makes the table when there is none, and refuses one that is of something else. */
    void prepare() {
        TableDescription table = describe();
        if (!table.keySchema().equals(SCHEMA)) {
            throw refused("it is no table of metadata entries");
        }
        client.waiter().waitUntilTableExists(wait -> wait.tableName(name));
        String layout = find(FLOOR).map(EntryTable::layout).orElseGet(this::makeFloor);
        if (!layout.equals(LAYOUT)) {
            throw refused("its layout is of another version of Tidemark (layout=" + layout + ", known=" + LAYOUT + ")");
        }
    }

    /** The item at the key. */
    Optional<Map<String, AttributeValue>> find(String key) {
        return Optional.of(client.getItem(get ->
                                get.tableName(name).key(EntryItems.key(key, 0)).consistentRead(true))
                        .item())
                .filter(item -> !item.isEmpty());
    }

    /** The items of an entry as of one moment, empty maps for those that are not there. */
    List<Map<String, AttributeValue>> findAll(String key) {
        List<TransactGetItem> gets = new ArrayList<>();
        for (int part = 0; part < PARTS_MAX; part++) {
            Map<String, AttributeValue> item = EntryItems.key(key, part);
            gets.add(TransactGetItem.builder()
                    .get(get -> get.tableName(name).key(item))
                    .build());
        }
        List<Map<String, AttributeValue>> items = new ArrayList<>();
        client.transactGetItems(all -> all.transactItems(gets))
                .responses()
                .forEach(response -> items.add(response.item()));
        return items;
    }

    /** First items of the entries with the prefix, in order. */
    List<Map<String, AttributeValue>> query(String prefix) {
        Map<String, String> names = new HashMap<>(Map.of("#store", PARTITION));
        Map<String, AttributeValue> values = new HashMap<>(Map.of(":store", AttributeValue.fromS(ENTRIES)));
        String condition = "#store = :store";
        if (!prefix.isEmpty()) {
            names.put("#key", SORT);
            values.put(":prefix", AttributeValue.fromS(prefix));
            condition += " AND begins_with(#key, :prefix)";
        }
        QueryRequest request = QueryRequest.builder()
                .tableName(name)
                .consistentRead(true)
                .keyConditionExpression(condition)
                .expressionAttributeNames(names)
                .expressionAttributeValues(values)
                .build();
        return client.queryPaginator(request).items().stream()
                .filter(item -> EntryItems.key(item).indexOf(BEHIND) < 0)
                .toList();
    }

    /** Writes all items of an entry over one that is as expected. */
    List<TransactWriteItem> writes(EntryItems items, long expectedVersion) {
        List<TransactWriteItem> writes = new ArrayList<>();
        writes.add(TransactWriteItem.builder()
                .put(put -> put.tableName(name)
                        .item(items.first())
                        .conditionExpression(EntryItems.condition(expectedVersion))
                        .expressionAttributeNames(EntryItems.names())
                        .expressionAttributeValues(EntryItems.values(expectedVersion)))
                .build());
        for (int number = 1; number < PARTS_MAX; number++) {
            writes.add(items.part(number)
                    .map(part -> TransactWriteItem.builder()
                            .put(put -> put.tableName(name).item(part))
                            .build())
                    .orElse(delete(items.key(), number)));
        }
        return writes;
    }

    /** Deletes all items of an entry that is as expected. */
    List<TransactWriteItem> deletes(String key, long expectedVersion) {
        List<TransactWriteItem> deletes = new ArrayList<>();
        deletes.add(TransactWriteItem.builder()
                .delete(delete -> delete.tableName(name)
                        .key(EntryItems.key(key, 0))
                        .conditionExpression(EntryItems.condition(expectedVersion))
                        .expressionAttributeNames(EntryItems.names())
                        .expressionAttributeValues(EntryItems.values(expectedVersion)))
                .build());
        for (int number = 1; number < PARTS_MAX; number++) {
            deletes.add(delete(key, number));
        }
        return deletes;
    }

    /** Adds one to the floor; returns it, which no entry has as its version nor had. */
    long raiseFloor() {
        return EntryItems.version(client.updateItem(update -> update.tableName(name)
                        .key(EntryItems.key(FLOOR, 0))
                        .updateExpression("ADD #version :one")
                        .expressionAttributeNames(EntryItems.names())
                        .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1")))
                        .returnValues(ReturnValue.ALL_NEW))
                .attributes());
    }

    /** Raises the floor to a version at least. */
    void raiseFloorTo(long version) {
        try {
            client.updateItem(update -> update.tableName(name)
                    .key(EntryItems.key(FLOOR, 0))
                    .updateExpression("SET #version = :version")
                    .conditionExpression("#version < :version")
                    .expressionAttributeNames(EntryItems.names())
                    .expressionAttributeValues(Map.of(":version", AttributeValue.fromN(Long.toString(version)))));
        } catch (ConditionalCheckFailedException e) {
            // It is as high already.
        }
    }

    private TransactWriteItem delete(String key, int number) {
        return TransactWriteItem.builder()
                .delete(delete -> delete.tableName(name).key(EntryItems.key(key, number)))
                .build();
    }

    private TableDescription describe() {
        try {
            return client.describeTable(describe -> describe.tableName(name)).table();
        } catch (ResourceNotFoundException e) {
            try {
                client.createTable(create -> create.tableName(name)
                        .billingMode(BillingMode.PAY_PER_REQUEST)
                        .attributeDefinitions(text(PARTITION), text(SORT))
                        .keySchema(SCHEMA));
            } catch (ResourceInUseException other) {
                // Another process makes it.
            }
            client.waiter().waitUntilTableExists(wait -> wait.tableName(name));
            return client.describeTable(describe -> describe.tableName(name)).table();
        }
    }

    private String makeFloor() {
        Map<String, AttributeValue> floor = new HashMap<>(EntryItems.key(FLOOR, 0));
        floor.put(VERSION, AttributeValue.fromN("0"));
        floor.put(LAYOUT_ATTRIBUTE, AttributeValue.fromS(LAYOUT));
        try {
            client.putItem(put -> put.tableName(name)
                    .item(floor)
                    .conditionExpression(EntryItems.condition(0))
                    .expressionAttributeNames(EntryItems.names()));
            return LAYOUT;
        } catch (ConditionalCheckFailedException e) {
            return layout(find(FLOOR).orElseThrow());
        }
    }

    private static String layout(Map<String, AttributeValue> floor) {
        return EntryItems.value(floor, LAYOUT_ATTRIBUTE).s();
    }

    private static AttributeDefinition text(String attribute) {
        return AttributeDefinition.builder()
                .attributeName(attribute)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private TidemarkException refused(String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot open the metadata store: " + reason + " (table=" + name + ")",
                "Name another table (metadata: table), or use the version of Tidemark that made it.",
                null);
    }
}
