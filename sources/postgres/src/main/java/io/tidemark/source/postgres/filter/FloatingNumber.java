package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.type.BigEndian;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A binary floating-point number. Postgres orders them so: NaN equals itself and is greater than all others, the two zeros are equal.
 *
 * @param value the number; of a {@code real} one that is exactly such
 * @param isSingle whether the column is a {@code real}
 */
record FloatingNumber(double value, boolean isSingle) implements Literal {
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?([0-9]{1,400}(\\.[0-9]{0,400})?|\\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?");
    private static final Pattern ZERO = Pattern.compile("[+-]?[0.]+([eE].*)?");

    /**
     * Reads a number.
     *
     * @throws IllegalArgumentException when it is none, or outside of what the type holds
     */
    static FloatingNumber parse(String text, boolean isSingle) {
        switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> {
                return new FloatingNumber(Double.NaN, isSingle);
            }
            case "infinity", "inf" -> {
                return new FloatingNumber(Double.POSITIVE_INFINITY, isSingle);
            }
            case "-infinity", "-inf" -> {
                return new FloatingNumber(Double.NEGATIVE_INFINITY, isSingle);
            }
            default -> {
                // A number.
            }
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("a number, NaN or Infinity is wanted");
        }
        double value = isSingle ? Float.parseFloat(text) : Double.parseDouble(text);
        if (Double.isInfinite(value) || (value == 0 && !ZERO.matcher(text).matches())) {
            throw new IllegalArgumentException("it is too large or too small");
        }
        return new FloatingNumber(value, isSingle);
    }

    @Override
    public int compare(byte[] buffer, int offset, int length) {
        double other;
        if (isSingle) {
            Literal.checkLength(length, 4);
            other = Float.intBitsToFloat(BigEndian.int32(buffer, offset));
        } else {
            Literal.checkLength(length, 8);
            other = Double.longBitsToDouble(BigEndian.int64(buffer, offset));
        }
        if (Double.isNaN(other) || Double.isNaN(value)) {
            return Boolean.compare(Double.isNaN(other), Double.isNaN(value));
        }
        // Not Double.compare, for which the zeros differ.
        return other < value ? -1 : other > value ? 1 : 0;
    }

    /** Java writes a number with as many digits as tell it from all others, so that Postgres reads the same one. */
    @Override
    public String sql() {
        return isSingle ? "'" + (float) value + "'::float4" : "'" + value + "'::float8";
    }
}
