package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.LongVector;

/**
 * The binary form of {@code numeric}: count of digits, weight of the first, sign, digits to show after the point, then digits to the base of
 * 10,000, each two bytes ({@code numeric_send}).
 */
final class Numerics {
    private static final int HEADER_BYTES = 8;
    private static final int NEGATIVE = 0x4000;
    private static final int NAN = 0xC000;
    private static final int POSITIVE_INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;
    private static final int BASE = 10_000;
    private static final int[] POWERS = {1, 10, 100, 1000, BASE};

    private Numerics() {}

    /** The number exactly as Postgres prints it, with all digits after the point that it shows. */
    static void text(TextOut out, ValueReader in) {
        int digits = in.uint16();
        int weight = in.int16();
        int sign = in.uint16();
        int scale = in.uint16();
        if (putSpecial(out, sign)) {
            in.skip(digits * 2);
            return;
        }
        byte[] buffer = in.buffer();
        int first = in.skip(digits * 2);
        if (sign == NEGATIVE) {
            out.put('-');
        }
        if (weight < 0) {
            out.put('0');
        }
        for (int place = weight; place >= 0; place--) {
            int digit = digit(buffer, first, digits, weight - place);
            out.putPadded(digit, place == weight ? 1 : 4);
        }
        if (scale > 0) {
            out.put('.');
        }
        int place = -1;
        for (int left = scale; left > 0; left -= 4) {
            int digit = digit(buffer, first, digits, weight - place);
            int shown = Math.min(4, left);
            out.putPadded(digit / POWERS[4 - shown], shown);
            place--;
        }
    }

    /** Appends the unscaled value of a decimal of up to 18 digits. */
    static void appendLong(LongVector out, int precision, int scale, byte[] buffer, int offset, int length) {
        int digits = check(precision, scale, buffer, offset, length);
        int weight = BigEndian.int16(buffer, offset + 2);
        long value = 0;
        int places = (scale + 3) / 4;
        for (int place = weight; place >= -places; place--) {
            int digit = digit(buffer, offset + HEADER_BYTES, digits, weight - place);
            int kept = place == -places ? kept(scale) : 4;
            value = value * POWERS[kept] + digit / POWERS[4 - kept];
        }
        out.append(sign(buffer, offset) == NEGATIVE ? -value : value);
    }

    /** Appends the unscaled value of a decimal of up to 38 digits. */
    static void appendWide(BytesVector out, int precision, int scale, byte[] buffer, int offset, int length) {
        int digits = check(precision, scale, buffer, offset, length);
        int weight = BigEndian.int16(buffer, offset + 2);
        long high = 0;
        long low = 0;
        int places = (scale + 3) / 4;
        for (int place = weight; place >= -places; place--) {
            int digit = digit(buffer, offset + HEADER_BYTES, digits, weight - place);
            int kept = place == -places ? kept(scale) : 4;
            long factor = POWERS[kept];
            // Unsigned 64 x 14 bits: the upper half of the product is that of the signed one, corrected for a low with
            // its top bit set.
            long carry = Math.multiplyHigh(low, factor) + (low < 0 ? factor : 0);
            high = high * factor + carry;
            low *= factor;
            long sum = low + digit / POWERS[4 - kept];
            if (Long.compareUnsigned(sum, low) < 0) {
                high++;
            }
            low = sum;
        }
        if (sign(buffer, offset) == NEGATIVE) {
            low = -low;
            high = ~high + (low == 0 ? 1 : 0);
        }
        int at = out.appendReserved(16);
        BigEndian.putInt64(out.data(), at, high);
        BigEndian.putInt64(out.data(), at + 8, low);
    }

    /** Decimal digits of the last group of four that the scale keeps; all of them when there is no fraction. */
    private static int kept(int scale) {
        int rest = scale % 4;
        return rest == 0 ? 4 : rest;
    }

    /** Checks form, sign, and that the value fits; returns the count of digits. */
    private static int check(int precision, int scale, byte[] buffer, int offset, int length) {
        if (length < HEADER_BYTES) {
            throw ValueErrors.malformed("a numeric ends too early (bytes=" + length + ")");
        }
        int digits = BigEndian.int16(buffer, offset) & 0xFFFF;
        ValueErrors.checkLength(length, HEADER_BYTES + 2 * digits);
        int sign = sign(buffer, offset);
        if (sign == NAN || sign == POSITIVE_INFINITY || sign == NEGATIVE_INFINITY) {
            throw ValueErrors.unrepresentable("NaN and infinity are no decimals");
        }
        checkSign(sign);
        int weight = BigEndian.int16(buffer, offset + 2);
        int first = 0;
        while (first < digits && digit(buffer, offset + HEADER_BYTES, digits, first) == 0) {
            first++;
        }
        if (first == digits) {
            return 0;
        }
        int last = digits - 1;
        while (digit(buffer, offset + HEADER_BYTES, digits, last) == 0) {
            last--;
        }
        int leading = digit(buffer, offset + HEADER_BYTES, digits, first);
        int trailing = digit(buffer, offset + HEADER_BYTES, digits, last);
        int integerDigits = (weight - first) * 4 + decimalDigits(leading);
        int places = (scale + 3) / 4;
        int lastPlace = weight - last;
        boolean tooFine = lastPlace < -places || (lastPlace == -places && trailing % POWERS[4 - kept(scale)] != 0);
        if (integerDigits > precision - scale || tooFine) {
            throw ValueErrors.unrepresentable(
                    "it does not fit the declared type (precision=" + precision + ", scale=" + scale + ")");
        }
        return digits;
    }

    private static int decimalDigits(int digit) {
        return digit >= 1000 ? 4 : digit >= 100 ? 3 : digit >= 10 ? 2 : 1;
    }

    private static int sign(byte[] buffer, int offset) {
        return BigEndian.int16(buffer, offset + 4) & 0xFFFF;
    }

    private static void checkSign(int sign) {
        if (sign != 0 && sign != NEGATIVE) {
            throw ValueErrors.malformed("unknown sign of a numeric (sign=" + sign + ")");
        }
    }

    private static boolean putSpecial(TextOut out, int sign) {
        switch (sign) {
            case NAN -> out.put("NaN");
            case POSITIVE_INFINITY -> out.put("Infinity");
            case NEGATIVE_INFINITY -> out.put("-Infinity");
            default -> {
                checkSign(sign);
                return false;
            }
        }
        return true;
    }

    /** The digit, 0 before the first and after the last. */
    private static int digit(byte[] buffer, int first, int digits, int index) {
        if (index < 0 || index >= digits) {
            return 0;
        }
        int digit = BigEndian.int16(buffer, first + 2 * index);
        if (digit < 0 || digit >= BASE) {
            throw ValueErrors.malformed("a numeric with a wrong digit");
        }
        return digit;
    }
}
