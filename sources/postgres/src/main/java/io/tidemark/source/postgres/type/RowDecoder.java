package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decoders of a table's columns, in schema order. For one thread. */
public final class RowDecoder {
    private final RowSchema schema;
    private final ValueDecoder[] decoders;
    private final RowLimit limit;
    private @Nullable TidemarkException failure;
    private int failedColumn;
    private long rowBytes;

    /**
     * Decoders for a schema.
     *
     * @param types one per column of the schema, in its order
     */
    public RowDecoder(RowSchema schema, List<PgType> types) {
        this(schema, types, RowLimit.ofHeap());
    }

    RowDecoder(RowSchema schema, List<PgType> types, RowLimit limit) {
        if (types.size() != schema.columns().size()) {
            throw new IllegalArgumentException(
                    "Cannot decode rows: types and columns differ in number (table=" + schema.table() + ", types="
                            + types.size() + ", columns=" + schema.columns().size() + ")");
        }
        this.schema = schema;
        this.limit = limit;
        this.decoders = types.stream().map(PgType::newDecoder).toArray(ValueDecoder[]::new);
    }

    public RowSchema schema() {
        return schema;
    }

    public int columnCount() {
        return decoders.length;
    }

    /**
     * Reads the key of a row of which another value cannot be decoded.
     *
     * @param offsets where each column's value starts in the buffer
     * @param lengths its bytes; negative when there is none
     * @return canonical texts in key order; empty when there is no key or it cannot be read
     */
    public List<String> key(byte[] buffer, int[] offsets, int[] lengths) {
        ChangeBatch scratch = new ChangeBatch(schema, 1);
        List<String> key = new ArrayList<>();
        for (int column : schema.keyIndexes()) {
            if (lengths[column] < 0) {
                return List.of();
            }
            try {
                decoders[column].append(scratch.column(column), buffer, offsets[column], lengths[column]);
            } catch (TidemarkException e) {
                return List.of();
            }
            key.add(CanonicalText.text(scratch.column(column), 0));
        }
        return key;
    }

    /** Says that the values that follow are those of another row. */
    public void beginRow() {
        rowBytes = 0;
    }

    /**
     * Appends a binary value to the batch's column.
     *
     * @throws TidemarkException as {@link ValueDecoder#append}, naming table and column; also when the row is larger than its {@link RowLimit}, which
     *     is no failure of the column: it has no other type that would help
     */
    public void append(ChangeBatch batch, int column, byte[] buffer, int offset, int length) {
        rowBytes += length;
        if (!limit.allows(rowBytes)) {
            failure = null;
            throw limit.exceeded(
                    schema.table().toString(), schema.columns().get(column).name(), rowBytes);
        }
        try {
            decoders[column].append(batch.column(column), buffer, offset, length);
        } catch (TidemarkException e) {
            failure = new TidemarkException(
                    e.code(),
                    e.reason() + " (table=" + schema.table() + ", column="
                            + schema.columns().get(column).name() + ", type="
                            + schema.columns().get(column).sourceType() + ")",
                    e);
            failedColumn = column;
            throw failure;
        }
    }

    /** Name of the column whose value {@link #append} refused with this; empty when it came from elsewhere. */
    public String columnOf(TidemarkException reason) {
        return isFailure(reason) ? schema.columns().get(failedColumn).name() : "";
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isFailure(TidemarkException reason) {
        return reason == failure;
    }
}
