package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.index.KeyBuffer;
import io.tidemark.lake.upsert.index.KeyEncoder;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import java.util.Arrays;

/** Keys of events as bytes, which are equal when the keys are. Used by one thread. */
interface EventKeys {
    /** The key of an event. */
    byte[] of(ChangeBatch batch, int row);

    /** As {@link KeyEncoder} has them. */
    static EventKeys encoded(RowSchema schema) {
        KeyEncoder encoder = KeyEncoder.ofKey(schema.keyIndexes());
        return (batch, row) -> {
            try {
                KeyBuffer key = encoder.encode(batch.columns(), row);
                return Arrays.copyOf(key.data(), key.length());
            } catch (KeyEncoder.NullKeyException e) {
                throw new TidemarkException(
                        ErrorCode.SOURCE_VALUE,
                        "Cannot apply an event of " + batch.schema().table() + ": a key column has no value (column="
                                + batch.schema().columns().get(e.column()).name() + ", operation="
                                + batch.operation(row) + ")",
                        e);
            }
        };
    }
}
