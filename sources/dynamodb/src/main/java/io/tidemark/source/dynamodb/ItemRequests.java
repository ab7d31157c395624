package io.tidemark.source.dynamodb;

import io.tidemark.spi.item.ItemTable;
import io.tidemark.spi.item.ItemTable.KeyAttribute;
import io.tidemark.spi.item.ItemTable.KeyType;
import io.tidemark.spi.item.ItemWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Requests of the service that write tables and items. */
final class ItemRequests {
    private ItemRequests() {}

    static CreateTableRequest create(ItemTable table) {
        List<AttributeDefinition> definitions = new ArrayList<>();
        List<KeySchemaElement> key = new ArrayList<>();
        for (KeyAttribute attribute : table.key()) {
            definitions.add(AttributeDefinition.builder()
                    .attributeName(attribute.name())
                    .attributeType(attribute.type() == KeyType.NUMBER ? ScalarAttributeType.N : ScalarAttributeType.S)
                    .build());
            key.add(KeySchemaElement.builder()
                    .attributeName(attribute.name())
                    .keyType(
                            key.isEmpty()
                                    ? software.amazon.awssdk.services.dynamodb.model.KeyType.HASH
                                    : software.amazon.awssdk.services.dynamodb.model.KeyType.RANGE)
                    .build());
        }
        return CreateTableRequest.builder()
                .tableName(table.name())
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(definitions)
                .keySchema(key)
                .streamSpecification(StreamSpecification.builder()
                        .streamEnabled(true)
                        .streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)
                        .build())
                .build();
    }

    static WriteRequest batched(ItemWrite write) {
        return switch (write.kind()) {
            case PUT ->
                WriteRequest.builder()
                        .putRequest(PutRequest.builder().item(item(write)).build())
                        .build();
            case DELETE ->
                WriteRequest.builder()
                        .deleteRequest(DeleteRequest.builder().key(key(write)).build())
                        .build();
            case UPDATE -> throw new IllegalArgumentException("Cannot write a batch: it takes puts and deletes only");
        };
    }

    /** A part of a transaction; the condition of updates and deletes is that the item is there. */
    static TransactWriteItem together(ItemWrite write) {
        return switch (write.kind()) {
            case PUT ->
                TransactWriteItem.builder()
                        .put(put -> put.tableName(write.table()).item(item(write)))
                        .build();
            case UPDATE ->
                TransactWriteItem.builder()
                        .update(update -> update.tableName(write.table())
                                .key(key(write))
                                .conditionExpression(presence(write))
                                .updateExpression(assignments(write))
                                .expressionAttributeNames(names(write))
                                .expressionAttributeValues(values(write)))
                        .build();
            case DELETE ->
                TransactWriteItem.builder()
                        .delete(delete ->
                                delete.tableName(write.table()).key(key(write)).conditionExpression(presence(write)))
                        .build();
        };
    }

    static Map<String, AttributeValue> key(ItemWrite write) {
        return PlainValues.attributes(write.key());
    }

    static Map<String, AttributeValue> item(ItemWrite write) {
        Map<String, AttributeValue> item = PlainValues.attributes(write.attributes());
        item.putAll(key(write));
        return item;
    }

    /** The attributes of keys have names that need no stand-in. */
    static String presence(ItemWrite write) {
        return "attribute_exists("
                + write.key().keySet().stream().sorted().findFirst().orElseThrow() + ")";
    }

    static String assignments(ItemWrite write) {
        List<String> parts = new ArrayList<>();
        names(write).keySet().forEach(name -> parts.add(name + " = :" + name.substring(1)));
        return "SET " + String.join(", ", parts);
    }

    /** Stand-ins, since many words are reserved. */
    static Map<String, String> names(ItemWrite write) {
        Map<String, String> names = new HashMap<>();
        write.attributes().keySet().forEach(name -> names.put("#" + name, name));
        return names;
    }

    static Map<String, AttributeValue> values(ItemWrite write) {
        Map<String, AttributeValue> values = new HashMap<>();
        PlainValues.attributes(write.attributes()).forEach((name, value) -> values.put(":" + name, value));
        return values;
    }
}
