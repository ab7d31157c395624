package io.tidemark.source.dynamodb.item;

import io.tidemark.source.dynamodb.export.ExportedItems;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items and schemas written short. */
final class Samples {
    static final TableId TABLE = new TableId("dynamodb", "orders");

    private Samples() {}

    /** An item in DynamoDB JSON, with single quotes for double ones. */
    static Map<String, AttributeValue> item(String json) {
        return ExportedItems.parse(json.replace('\'', '"'));
    }

    /** A value in DynamoDB JSON, with single quotes for double ones. */
    static AttributeValue value(String json) {
        return item("{'v':" + json + "}").get("v");
    }

    static Column column(String name, String type, String sourceType) {
        return new Column(name, ColumnType.parse(type), true, sourceType, ColumnIds.of(name));
    }

    static RowSchema schema(List<Column> columns, String... key) {
        return new RowSchema(TABLE, columns, List.of(key), BeforeImage.KEY);
    }
}
