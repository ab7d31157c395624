package io.tidemark.spark.upsert;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.BeforeImage;
import java.util.ArrayList;
import java.util.List;

/** Finds keys whose events need each other: an update moves a row from one to the other and does not send all of its values. Used by one thread. */
final class KeyLinks {
    private final EventKeys keys;
    private final List<byte[]> pairs = new ArrayList<>();

    /** Key of a BEFORE event whose UPDATE has not come yet; empty for none. */
    private byte[] old = new byte[0];

    KeyLinks(EventKeys keys) {
        this.keys = keys;
    }

    void add(ChangeBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            if (batch.operation(row) == Operation.BEFORE) {
                old = keys.of(batch, row);
            } else if (batch.operation(row) == Operation.UPDATE && old.length > 0) {
                int update = row;
                if (batch.schema().beforeImage() != BeforeImage.FULL
                        && batch.columns().stream().anyMatch(column -> column.isUnchanged(update))) {
                    pairs.add(old);
                    pairs.add(keys.of(batch, row));
                }
                old = new byte[0];
            }
        }
    }

    /** The keys found, one pair after the other. */
    List<byte[]> pairs() {
        return pairs;
    }
}
