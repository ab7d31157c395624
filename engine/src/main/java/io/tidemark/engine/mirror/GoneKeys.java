package io.tidemark.engine.mirror;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import java.util.List;

/** The first half of a repair: keys whose rows go, before those that the source has are written again. */
public final class GoneKeys {
    private GoneKeys() {}

    /** All keys as deletes of a cut. */
    public static ChangeBatch of(RowSchema schema, List<List<String>> keys, Position cutoff) {
        ChangeBatch batch = new ChangeBatch(schema, keys.size());
        int[] places = schema.keyIndexes();
        for (List<String> key : keys) {
            batch.beginRow(Operation.DELETE, cutoff.value(), 0, 0, 0);
            for (int i = 0; i < places.length; i++) {
                ColumnVector column = batch.column(places[i]);
                CanonicalText.append(column, key.get(i));
            }
            batch.padRow();
        }
        return batch;
    }
}
