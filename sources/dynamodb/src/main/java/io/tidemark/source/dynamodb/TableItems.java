package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.item.DynamoJson;
import io.tidemark.source.dynamodb.item.Inference;
import io.tidemark.source.dynamodb.item.ItemRows;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.spi.source.UndecodableRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items of a table as rows, in a schema that grows with the attributes that are met. Used by one thread. */
final class TableItems {
    private final SourceTable table;
    private final TypeChoices choices;
    private final @Nullable String document;
    private ItemRows rows;

    TableItems(SourceTable table, TypeChoices choices, @Nullable String document) {
        this.table = table;
        this.choices = choices;
        this.document = document;
        this.rows = new ItemRows(table.schema(), table.scope(), document);
    }

    ItemRows rows() {
        return rows;
    }

    RowSchema schema() {
        return rows.schema();
    }

    /**
     * Adds columns for the attributes of an item that have none; the schema is another object then.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_TYPE} when one of them cannot be a column
     */
    void meet(Map<String, AttributeValue> item) {
        Map<String, AttributeValue> unknown = rows.unknown(item);
        if (unknown.isEmpty()) {
            return;
        }
        RowSchema grown = schema();
        for (Map.Entry<String, AttributeValue> attribute : unknown.entrySet()) {
            Optional<Column> column = Inference.column(grown, choices, attribute.getKey(), attribute.getValue());
            if (column.isPresent()) {
                List<Column> columns = new ArrayList<>(grown.columns());
                columns.add(column.orElseThrow());
                grown = grown.with(columns, grown.key());
            }
        }
        rows = new ItemRows(grown, table.scope(), document);
    }

    /** An item that was left out. */
    UndecodableRow undecodable(
            Map<String, AttributeValue> item,
            Operation operation,
            Position position,
            long sequence,
            TidemarkException reason) {
        List<String> key = rows.keyText(item);
        return new UndecodableRow(
                table.id(),
                operation,
                position,
                sequence,
                key.isEmpty() ? List.of() : List.of(key),
                rows.columnOf(reason),
                reason,
                DynamoJson.write(item).getBytes(StandardCharsets.UTF_8));
    }
}
