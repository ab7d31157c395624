package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.type.BigEndian;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A {@code numeric}, compared digit by digit with its binary form: count of digits, weight of the first, sign, digits shown after the point, then
 * the digits to the base of 10,000. Postgres orders them so: minus infinity, numbers, infinity, NaN, which equals itself.
 */
final class DecimalNumber implements Literal {
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?([0-9]{1,1000}(\\.[0-9]{0,1000})?|\\.[0-9]{1,1000})([eE][+-]?[0-9]{1,4})?");

    /** As many as a declared numeric can have. */
    private static final int DIGITS_MAX = 1000;

    private static final int HEADER_BYTES = 8;
    private static final int BASE = 10_000;
    private static final int GROUP = 4;

    /** Classes of values in their order. */
    private static final int LEAST = -2;

    private static final int NEGATIVE = -1;
    private static final int ZERO = 0;
    private static final int POSITIVE = 1;
    private static final int GREATEST = 2;
    private static final int NAN = 3;

    private final int rank;
    private final int weight;
    private final int[] digits;
    private final String text;

    private DecimalNumber(int rank, int weight, int[] digits, String text) {
        this.rank = rank;
        this.weight = weight;
        this.digits = digits;
        this.text = text;
    }

    /**
     * Reads a number.
     *
     * @throws IllegalArgumentException when it is none, or has more digits than a numeric can declare
     */
    static DecimalNumber parse(String text) {
        switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> {
                return new DecimalNumber(NAN, 0, new int[0], "NaN");
            }
            case "infinity", "inf" -> {
                return new DecimalNumber(GREATEST, 0, new int[0], "Infinity");
            }
            case "-infinity", "-inf" -> {
                return new DecimalNumber(LEAST, 0, new int[0], "-Infinity");
            }
            default -> {
                // A number.
            }
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("a number, NaN or Infinity is wanted");
        }
        BigDecimal value = new BigDecimal(text).stripTrailingZeros();
        if (value.signum() == 0) {
            return new DecimalNumber(ZERO, 0, new int[0], "0");
        }
        if (value.scale() > DIGITS_MAX || (long) value.precision() - value.scale() > DIGITS_MAX) {
            throw new IllegalArgumentException("it has more than " + DIGITS_MAX + " digits before or after the point");
        }
        return of(value);
    }

    private static DecimalNumber of(BigDecimal value) {
        String plain = value.abs().toPlainString();
        int point = plain.indexOf('.');
        String whole = point < 0 ? plain : plain.substring(0, point);
        String fraction = point < 0 ? "" : plain.substring(point + 1);
        String padded = "0".repeat((GROUP - whole.length() % GROUP) % GROUP) + whole;
        int groupsBefore = padded.length() / GROUP;
        padded += fraction + "0".repeat((GROUP - fraction.length() % GROUP) % GROUP);
        int[] groups = new int[padded.length() / GROUP];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = Integer.parseInt(padded.substring(i * GROUP, (i + 1) * GROUP));
        }
        int first = 0;
        while (groups[first] == 0) {
            first++;
        }
        return new DecimalNumber(
                value.signum() < 0 ? NEGATIVE : POSITIVE,
                groupsBefore - 1 - first,
                Arrays.copyOfRange(groups, first, groups.length),
                value.toPlainString());
    }

    @Override
    public int compare(byte[] buffer, int offset, int length) {
        if (length < HEADER_BYTES) {
            throw Literal.malformed("a numeric ends too early (bytes=" + length + ")");
        }
        int count = BigEndian.int16(buffer, offset) & 0xFFFF;
        Literal.checkLength(length, HEADER_BYTES + 2 * count);
        int first = 0;
        while (first < count && digit(buffer, offset, count, first) == 0) {
            first++;
        }
        int otherRank = rank(BigEndian.int16(buffer, offset + 4) & 0xFFFF, first == count);
        if (otherRank != rank) {
            return Integer.compare(otherRank, rank);
        }
        if (rank != NEGATIVE && rank != POSITIVE) {
            return 0;
        }
        int order = Integer.compare(BigEndian.int16(buffer, offset + 2) - first, weight);
        for (int i = 0; order == 0 && i < Math.max(count - first, digits.length); i++) {
            int mine = i < digits.length ? digits[i] : 0;
            order = Integer.compare(digit(buffer, offset, count, first + i), mine);
        }
        return rank == NEGATIVE ? -order : order;
    }

    private static int rank(int sign, boolean isZero) {
        return switch (sign) {
            case 0xC000 -> NAN;
            case 0xD000 -> GREATEST;
            case 0xF000 -> LEAST;
            case 0x4000 -> isZero ? ZERO : NEGATIVE;
            case 0 -> isZero ? ZERO : POSITIVE;
            default -> throw Literal.malformed("unknown sign of a numeric (sign=" + sign + ")");
        };
    }

    /** The digit, 0 after the last. */
    private static int digit(byte[] buffer, int offset, int count, int index) {
        if (index >= count) {
            return 0;
        }
        int digit = BigEndian.int16(buffer, offset + HEADER_BYTES + 2 * index);
        if (digit < 0 || digit >= BASE) {
            throw Literal.malformed("a numeric with a wrong digit");
        }
        return digit;
    }

    @Override
    public String sql() {
        return "'" + text + "'::numeric";
    }
}
