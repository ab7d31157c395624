package io.tidemark.parquet;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.StructVector;

/** About how many bytes a nested value takes in its largest column of the file. */
final class NestedSize {
    private static final int PLAIN_BYTES = 8;

    private NestedSize() {}

    static long of(ColumnVector vector, int row) {
        if (vector instanceof BytesVector bytes) {
            return bytes.length(row);
        }
        if (vector instanceof ListVector list) {
            long sum = 0;
            if (isPlain(list.element())) {
                return (long) list.length(row) * PLAIN_BYTES;
            }
            for (int i = list.start(row); i < list.end(row); i++) {
                sum += of(list.element(), i);
            }
            return sum;
        }
        if (vector instanceof StructVector struct) {
            long most = 0;
            for (ColumnVector field : struct.fields()) {
                most = Math.max(most, of(field, row));
            }
            return most;
        }
        return PLAIN_BYTES;
    }

    private static boolean isPlain(ColumnVector vector) {
        return !(vector instanceof BytesVector) && !vector.type().isNested();
    }
}
