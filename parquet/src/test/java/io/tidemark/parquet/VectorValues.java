package io.tidemark.parquet;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import java.math.BigInteger;

/** Values of vectors as objects that compare: bytes as a number with a leading one, so that length counts. */
final class VectorValues {
    private VectorValues() {}

    static Object of(ColumnVector vector, int row) {
        return switch (vector.type().kind()) {
            case BOOLEAN -> ((BooleanVector) vector).value(row);
            case INT32, DATE -> ((IntVector) vector).value(row);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> ((LongVector) vector).value(row);
            case FLOAT32 -> ((FloatVector) vector).value(row);
            case FLOAT64 -> ((DoubleVector) vector).value(row);
            case STRING -> ((BytesVector) vector).text(row);
            case BYTES, UUID ->
                BigInteger.ONE
                        .shiftLeft(8 * ((BytesVector) vector).length(row))
                        .add(new BigInteger(1, ((BytesVector) vector).bytes(row)));
            case DECIMAL ->
                vector instanceof LongVector longs
                        ? BigInteger.valueOf(longs.value(row))
                        : new BigInteger(((BytesVector) vector).bytes(row));
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException(vector.type().toString());
        };
    }
}
