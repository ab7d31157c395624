package io.tidemark.spi.verify;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;

/** Canonical text of values in columns, for naming keys. Comparisons do not use it: there each side renders for itself. */
public final class CanonicalValue {
    private CanonicalValue() {}

    /** The text of a value that is present, as {@link TableReading} defines it. */
    public static String text(ColumnVector column, int row) {
        return switch (column.type().kind()) {
            case BOOLEAN -> ((BooleanVector) column).value(row) ? "t" : "f";
            case INT32, DATE -> Integer.toString(((IntVector) column).value(row));
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> Long.toString(((LongVector) column).value(row));
            case FLOAT32 -> HexFormat.of().toHexDigits(Float.floatToIntBits(((FloatVector) column).value(row)));
            case FLOAT64 -> HexFormat.of().toHexDigits(Double.doubleToLongBits(((DoubleVector) column).value(row)));
            case DECIMAL -> new BigDecimal(unscaled(column, row), column.type().scale()).toPlainString();
            case STRING -> ((BytesVector) column).text(row);
            case BYTES -> HexFormat.of().formatHex(((BytesVector) column).bytes(row));
            case UUID -> {
                ByteBuffer bytes = ByteBuffer.wrap(((BytesVector) column).bytes(row));
                yield new UUID(bytes.getLong(), bytes.getLong()).toString();
            }
        };
    }

    private static BigInteger unscaled(ColumnVector column, int row) {
        return column instanceof LongVector values
                ? BigInteger.valueOf(values.value(row))
                : new BigInteger(((BytesVector) column).bytes(row));
    }
}
