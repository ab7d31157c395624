package io.tidemark.spi.schema;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Type of a column as Tidemark carries it. Source plug-ins map their types to these, lake plug-ins map these to theirs; what has no
 * exact counterpart becomes {@link Kind#STRING} in the source's own text form.
 *
 * @param kind the type
 * @param precision decimal digits in all, 1 to 38, for DECIMAL; else 0
 * @param scale decimal digits after the point, 0 to precision, for DECIMAL; else 0
 */
public record ColumnType(Kind kind, int precision, int scale) {
    /** The types, each with the {@link io.tidemark.spi.change.ColumnVector} that holds it. */
    public enum Kind {
        /** True or false; {@code BooleanVector}. */
        BOOLEAN,
        /** 32-bit signed; {@code IntVector}. */
        INT32,
        /** 64-bit signed; {@code LongVector}. */
        INT64,
        /** IEEE 754 single; {@code FloatVector}. */
        FLOAT32,
        /** IEEE 754 double; {@code DoubleVector}. */
        FLOAT64,
        /** Unscaled value: {@code LongVector} up to 18 digits, else {@code BytesVector} of 16 bytes big-endian two's complement. */
        DECIMAL,
        /** UTF-8 text; {@code BytesVector}. */
        STRING,
        /** Bytes; {@code BytesVector}. */
        BYTES,
        /** 16 bytes, most significant first; {@code BytesVector}. */
        UUID,
        /** Days since 1970-01-01; {@code IntVector}. */
        DATE,
        /** Microseconds since midnight; {@code LongVector}. */
        TIME,
        /** Microseconds since 1970-01-01T00:00:00 of an unnamed zone; {@code LongVector}. */
        TIMESTAMP,
        /** Microseconds since 1970-01-01T00:00:00Z; {@code LongVector}. */
        TIMESTAMP_TZ
    }

    public static final ColumnType BOOLEAN = new ColumnType(Kind.BOOLEAN, 0, 0);
    public static final ColumnType INT32 = new ColumnType(Kind.INT32, 0, 0);
    public static final ColumnType INT64 = new ColumnType(Kind.INT64, 0, 0);
    public static final ColumnType FLOAT32 = new ColumnType(Kind.FLOAT32, 0, 0);
    public static final ColumnType FLOAT64 = new ColumnType(Kind.FLOAT64, 0, 0);
    public static final ColumnType STRING = new ColumnType(Kind.STRING, 0, 0);
    public static final ColumnType BYTES = new ColumnType(Kind.BYTES, 0, 0);
    public static final ColumnType UUID = new ColumnType(Kind.UUID, 0, 0);
    public static final ColumnType DATE = new ColumnType(Kind.DATE, 0, 0);
    public static final ColumnType TIME = new ColumnType(Kind.TIME, 0, 0);
    public static final ColumnType TIMESTAMP = new ColumnType(Kind.TIMESTAMP, 0, 0);
    public static final ColumnType TIMESTAMP_TZ = new ColumnType(Kind.TIMESTAMP_TZ, 0, 0);

    /** The largest precision of a DECIMAL whose unscaled value is held in a long. */
    public static final int LONG_DECIMAL_PRECISION_MAX = 18;

    private static final Pattern DECIMAL_TEXT = Pattern.compile("decimal\\( ?(\\d{1,2}) ?, ?(\\d{1,2}) ?\\)");

    public ColumnType {
        if (kind == Kind.DECIMAL) {
            if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
                throw new IllegalArgumentException(
                        "Cannot make a decimal type: precision must be 1 to 38 and scale 0 to precision (precision="
                                + precision + ", scale=" + scale + ")");
            }
        } else if (precision != 0 || scale != 0) {
            throw new IllegalArgumentException("Cannot give precision or scale to " + kind);
        }
    }

    public static ColumnType decimal(int precision, int scale) {
        return new ColumnType(Kind.DECIMAL, precision, scale);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException when it is no type
     */
    public static ColumnType parse(String text) {
        Matcher decimal = DECIMAL_TEXT.matcher(text);
        if (decimal.matches()) {
            return decimal(Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
        }
        for (Kind kind : Kind.values()) {
            if (kind != Kind.DECIMAL && kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return new ColumnType(kind, 0, 0);
            }
        }
        throw new IllegalArgumentException("Cannot read a column type: there is none of this name");
    }

    /** Whether this is a DECIMAL that a {@code BytesVector} holds. */
    public boolean isWideDecimal() {
        return kind == Kind.DECIMAL && precision > LONG_DECIMAL_PRECISION_MAX;
    }

    /** For people and documents: {@code int64}, {@code decimal(12,2)}, ... */
    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind == Kind.DECIMAL ? name + "(" + precision + "," + scale + ")" : name;
    }
}
