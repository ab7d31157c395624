package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.row.AvroRows;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.lake.LatestBy;
import java.util.Optional;
import org.apache.avro.generic.IndexedRecord;

/** {@link LatestBy} of records. Not thread-safe. */
final class RowOrder {
    private final LatestBy latest;
    private final ColumnVector values;

    private RowOrder(LatestBy latest, ColumnVector values) {
        this.latest = latest;
        this.values = values;
    }

    /** Empty when the last change wins. */
    static Optional<RowOrder> of(StoredSpec stored) {
        return LatestBy.of(stored.spec())
                .map(latest ->
                        new RowOrder(latest, ColumnVector.of(stored.rowTypes().get(latest.column()), 2)));
    }

    /** Whether a record of the mirror is earlier than another one of its key. */
    boolean isEarlier(IndexedRecord record, IndexedRecord other) {
        values.clear();
        AvroRows.append(values, record.get(latest.column()));
        AvroRows.append(values, other.get(latest.column()));
        return latest.isEarlier(values, 0, values, 1);
    }
}
