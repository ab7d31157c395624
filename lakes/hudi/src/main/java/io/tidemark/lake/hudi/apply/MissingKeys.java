package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.row.AvroRows;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.CanonicalText;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.IndexedRecord;

/** Keys of rows that lack values which the mirror does not have. Not thread-safe. */
final class MissingKeys implements Serializable {
    private static final long serialVersionUID = 1L;

    /** More are not named. */
    private static final int NAMED_MAX = 100_000;

    private final List<List<String>> named = new ArrayList<>();
    private long count;

    void add(Pending row, RowSchema schema, RowCodec codec) {
        count++;
        if (named.size() < NAMED_MAX) {
            named.add(texts(codec.decode(row.requiredRow()), schema));
        }
    }

    void addAll(MissingKeys others) {
        count += others.count;
        others.named.stream().limit(NAMED_MAX - named.size()).forEach(named::add);
    }

    List<List<String>> named() {
        return List.copyOf(named);
    }

    /** @throws TidemarkException {@code LAKE_ROW_MISSING} when there are any */
    void requireNone(TableId table) {
        if (count > 0) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply updates of " + table
                            + ": they leave columns unchanged, and the mirror has no rows of their keys (missing="
                            + count + ")");
        }
    }

    private static List<String> texts(IndexedRecord record, RowSchema schema) {
        List<String> texts = new ArrayList<>();
        for (int index : schema.keyIndexes()) {
            Column column = schema.columns().get(index);
            ColumnVector vector = ColumnVector.of(column.type(), 1);
            AvroRows.append(vector, record.get(index));
            texts.add(CanonicalText.text(vector, 0));
        }
        return List.copyOf(texts);
    }
}
