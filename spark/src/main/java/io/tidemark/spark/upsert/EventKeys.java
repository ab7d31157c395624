package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.index.KeyBuffer;
import io.tidemark.lake.upsert.index.KeyEncoder;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;

/** Keys of events. Used by one thread. */
final class EventKeys {
    private final KeyEncoder encoder;

    EventKeys(RowSchema schema) {
        this.encoder = KeyEncoder.ofKey(schema.keyIndexes());
    }

    /** The key of an event, valid until the next call. */
    KeyBuffer encode(ChangeBatch batch, int row) {
        try {
            return encoder.encode(batch.columns(), row);
        } catch (KeyEncoder.NullKeyException e) {
            RowSchema schema = batch.schema();
            throw new TidemarkException(
                    ErrorCode.SOURCE_VALUE,
                    "Cannot apply an event of " + schema.table() + ": a key column has no value (column="
                            + schema.columns().get(e.column()).name() + ", operation=" + batch.operation(row) + ")",
                    e);
        }
    }
}
