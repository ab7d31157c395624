package io.tidemark.source.postgres.snapshot;

import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.StringJoiner;

/** SQL that finds rows by their keys. COPY takes no parameters, so the values are written as literals. */
final class KeyConditions {
    /** Keys in one statement. */
    static final int KEYS_PER_QUERY = 1_000;

    private final RowSchema schema;
    private final int[] keyIndexes;

    KeyConditions(RowSchema schema) {
        if (!schema.hasKey()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read rows by key: the table has no key (table=" + schema.table() + ")");
        }
        this.schema = schema;
        this.keyIndexes = schema.keyIndexes();
    }

    /**
     * What stands behind a list of columns: the relation, and the condition that a row is in the scope and has one of the keys.
     *
     * @param keys values of the key columns in key order, in canonical text
     */
    String join(RelationLayout layout, List<List<String>> keys) {
        StringJoiner columns = new StringJoiner(", ", "(", ")");
        for (int index : keyIndexes) {
            columns.add(TableId.quote(schema.columns().get(index).name()));
        }
        StringJoiner rows = new StringJoiner(", ");
        for (List<String> key : keys) {
            rows.add(row(layout, key));
        }
        return " FROM " + layout.from() + " WHERE " + layout.where(columns + " IN (VALUES " + rows + ")");
    }

    private String row(RelationLayout layout, List<String> key) {
        if (key.size() != keyIndexes.length) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read rows by key: wrong number of values (table=" + schema.table() + ", values="
                            + key.size() + ", expected=" + keyIndexes.length + ")");
        }
        StringJoiner row = new StringJoiner(", ", "(", ")");
        for (int i = 0; i < keyIndexes.length; i++) {
            int index = keyIndexes[i];
            Column column = schema.columns().get(index);
            try {
                row.add(KeyLiterals.literal(column.type(), layout.typeNames().get(index), key.get(i)));
            } catch (IllegalArgumentException e) {
                throw new TidemarkException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot read rows by key: a value does not fit its column (table=" + schema.table()
                                + ", column=" + column.name() + ", type=" + column.type() + ")",
                        e);
            }
        }
        return row.toString();
    }
}
