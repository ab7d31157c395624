package io.tidemark.parquet;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigInteger;

/** Refuses decimals that have more digits than the type of their column. */
final class DecimalDigits {
    private final String column;
    private final ColumnType type;
    private final long limit;
    private final int bytes;

    /** @param type any type; of one that is no decimal, nothing is asked */
    DecimalDigits(String column, ColumnType type) {
        this.column = column;
        this.type = type;
        boolean isDecimal = type.kind() == ColumnType.Kind.DECIMAL;
        this.limit = isDecimal && !type.isWideDecimal()
                ? BigInteger.TEN.pow(type.precision()).longValueExact()
                : 0;
        this.bytes = type.isWideDecimal() ? ParquetTypes.decimalBytes(type.precision()) : 0;
    }

    /** Bytes that a file has of a wide decimal; 0 for other types. */
    int wideBytes() {
        return bytes;
    }

    void require(long unscaled) {
        if (unscaled <= -limit || unscaled >= limit) {
            throw tooMany();
        }
    }

    /** Where in the vector's data the bytes of a wide decimal begin that a file has. */
    int wideStart(BytesVector vector, int row) {
        byte[] data = vector.data();
        int start = vector.start(row);
        if (vector.length(row) != ParquetTypes.BYTES_16) {
            throw new IllegalArgumentException("Cannot write column: a wide decimal takes 16 bytes (column=" + column
                    + ", bytes=" + vector.length(row) + ")");
        }
        int first = start + ParquetTypes.BYTES_16 - bytes;
        byte sign = (byte) (data[first] >> 7);
        for (int b = start; b < first; b++) {
            if (data[b] != sign) {
                throw tooMany();
            }
        }
        return first;
    }

    private IllegalArgumentException tooMany() {
        return new IllegalArgumentException("Cannot write column: a value has more digits than the type (column="
                + column + ", type=" + type + ")");
    }
}
