package io.tidemark.lake.hudi.schema;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import java.util.Arrays;

/**
 * Record keys: the value itself for a key of one column, {@code a:1,b:2} for more, as Hudi's own key generators write them. They are equal exactly
 * when the keys are: in a key of several columns the marks in values are written as escapes, which Hudi's generators do not do.
 */
public final class RecordKeys {
    private final RowSchema schema;
    private final int[] columns;
    private final String[] prefixes;

    public RecordKeys(StoredSpec stored) {
        this.schema = stored.spec().schema();
        this.columns = schema.keyIndexes();
        this.prefixes = Arrays.stream(columns)
                .mapToObj(column -> stored.names().get(column) + ":")
                .toArray(String[]::new);
    }

    /** Places of the key columns. */
    public int[] columns() {
        return columns.clone();
    }

    /** The record key of a row. */
    public String text(ChangeBatch batch, int row) {
        if (columns.length == 1) {
            return value(batch, columns[0], row);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < columns.length; i++) {
            text.append(i == 0 ? "" : ",").append(prefixes[i]).append(escaped(value(batch, columns[i], row)));
        }
        return text.toString();
    }

    private String value(ChangeBatch batch, int column, int row) {
        ColumnVector vector = batch.column(column);
        if (!vector.isPresent(row)) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VALUE,
                    "Cannot apply an event of " + schema.table() + ": a key column has no value (column="
                            + schema.columns().get(column).name() + ", operation=" + batch.operation(row) + ")");
        }
        String text = CanonicalText.text(vector, row);
        // Hudi takes an empty record key for none.
        return text.isEmpty() || (vector.type().kind() == ColumnType.Kind.STRING && text.startsWith("__"))
                ? "__" + text
                : text;
    }

    private static String escaped(String text) {
        if (text.indexOf(',') < 0 && text.indexOf(':') < 0 && text.indexOf('%') < 0) {
            return text;
        }
        return text.replace("%", "%25").replace(",", "%2C").replace(":", "%3A");
    }
}
