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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Values as the canonical text that {@link TableReading} defines, for keys and defaults. In comparisons each side renders for itself; this is used only on the
 * mirror's, where the lake's own reader gives the values.
 */
public final class CanonicalText {
    private CanonicalText() {}

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
            case LIST, STRUCT, MAP -> NestedText.text(column, row);
        };
    }

    /**
     * Appends the value that the text stands for.
     *
     * @throws IllegalArgumentException when the text is none of the column's type; the column is then as it was
     */
    public static void append(ColumnVector column, String text) {
        switch (column.type().kind()) {
            case BOOLEAN -> ((BooleanVector) column).append(text.equals("t"));
            case INT32, DATE -> ((IntVector) column).append(Integer.parseInt(text));
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> ((LongVector) column).append(Long.parseLong(text));
            case FLOAT32 -> ((FloatVector) column).append(Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16)));
            case FLOAT64 -> ((DoubleVector) column).append(Double.longBitsToDouble(Long.parseUnsignedLong(text, 16)));
            case DECIMAL -> appendDecimal(column, new BigDecimal(text).unscaledValue());
            case STRING -> ((BytesVector) column).append(text);
            case BYTES -> ((BytesVector) column).append(HexFormat.of().parseHex(text));
            case UUID -> {
                UUID uuid = UUID.fromString(text);
                ((BytesVector) column)
                        .append(ByteBuffer.allocate(16)
                                .putLong(uuid.getMostSignificantBits())
                                .putLong(uuid.getLeastSignificantBits())
                                .array());
            }
            case LIST, STRUCT, MAP -> NestedText.append(column, text);
        }
    }

    private static void appendDecimal(ColumnVector column, BigInteger unscaled) {
        if (column.type().isWideDecimal()) {
            byte[] least = unscaled.toByteArray();
            byte[] wide = new byte[16];
            Arrays.fill(wide, (byte) (unscaled.signum() < 0 ? -1 : 0));
            System.arraycopy(least, 0, wide, wide.length - least.length, least.length);
            ((BytesVector) column).append(wide);
        } else {
            ((LongVector) column).append(unscaled.longValueExact());
        }
    }

    private static BigInteger unscaled(ColumnVector column, int row) {
        return column instanceof LongVector values
                ? BigInteger.valueOf(values.value(row))
                : new BigInteger(((BytesVector) column).bytes(row));
    }
}
