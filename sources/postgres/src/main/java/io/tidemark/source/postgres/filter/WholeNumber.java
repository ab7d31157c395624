package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.type.BigEndian;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * A whole number, or what is stored as one: a boolean, a day or a point in time.
 *
 * @param value the number
 * @param form how the column holds it
 * @param sql as SQL
 */
record WholeNumber(long value, Form form, String sql) implements Literal {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,20}");

    /** Binary forms of whole numbers. */
    enum Form {
        BOOLEAN(1),
        INT16(2),
        INT32(4),
        UNSIGNED32(4),
        INT64(8);

        private final int bytes;

        Form(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * Reads an integer.
     *
     * @throws IllegalArgumentException when it is none, or outside of the bounds
     */
    static WholeNumber parse(String text, Form form, long least, long most) {
        if (!INTEGER.matcher(text).matches()) {
            throw new IllegalArgumentException("a whole number is wanted");
        }
        BigInteger value = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
        if (value.compareTo(BigInteger.valueOf(least)) < 0 || value.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException("it must be from " + least + " to " + most);
        }
        return new WholeNumber(value.longValueExact(), form, "'" + value + "'::int8");
    }

    /** Reads a boolean. */
    static WholeNumber parseBoolean(String text) {
        return switch (text) {
            case "true", "t" -> new WholeNumber(1, Form.BOOLEAN, "'t'::bool");
            case "false", "f" -> new WholeNumber(0, Form.BOOLEAN, "'f'::bool");
            default -> throw new IllegalArgumentException("true or false is wanted");
        };
    }

    @Override
    public int compare(byte[] buffer, int offset, int length) {
        Literal.checkLength(length, form.bytes);
        long other = switch (form) {
            case BOOLEAN -> buffer[offset] == 0 ? 0 : 1;
            case INT16 -> BigEndian.int16(buffer, offset);
            case INT32 -> BigEndian.int32(buffer, offset);
            case UNSIGNED32 -> BigEndian.int32(buffer, offset) & 0xFFFFFFFFL;
            case INT64 -> BigEndian.int64(buffer, offset);
        };
        return Long.compare(other, value);
    }
}
