package io.tidemark.source.postgres.type;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Text of floating-point numbers: the shortest digits strictly between the middles to the neighbouring numbers, the closest of those, as
 * Postgres 12 and later print them. Integers that a number holds exactly are printed exactly.
 */
final class FloatText {
    private static final BigDecimal HALF = new BigDecimal("0.5");

    private FloatText() {}

    static void float8(TextOut out, ValueReader in) {
        putDouble(out, Double.longBitsToDouble(in.int64()));
    }

    static void float4(TextOut out, ValueReader in) {
        putFloat(out, Float.intBitsToFloat(in.int32()));
    }

    static void putDouble(TextOut out, double value) {
        if (putSpecial(out, value)) {
            return;
        }
        double size = Math.abs(value);
        // The bits decide about the sign: minus zero shows it.
        if (Double.doubleToRawLongBits(value) < 0) {
            out.put('-');
        }
        BigDecimal shortest;
        if (size < 0x1p53 && size == Math.rint(size)) {
            shortest = BigDecimal.valueOf((long) size);
        } else {
            BigDecimal printed = new BigDecimal(Double.toString(size)).stripTrailingZeros();
            // At most 15 digits name at most one normal number, so there is no shorter name for it.
            boolean certain = printed.precision() <= 15 && size < 0x1p53 && size >= Double.MIN_NORMAL;
            shortest = certain
                    ? printed
                    : shortest(new BigDecimal(size), new BigDecimal(Math.nextDown(size)), above(size), 17);
        }
        put(out, shortest, 15);
    }

    private static void putFloat(TextOut out, float value) {
        if (putSpecial(out, value)) {
            return;
        }
        float size = Math.abs(value);
        if (Float.floatToRawIntBits(value) < 0) {
            out.put('-');
        }
        BigDecimal shortest;
        if (size < 0x1p24f && size == Math.rint(size)) {
            shortest = BigDecimal.valueOf((long) size);
        } else {
            BigDecimal printed = new BigDecimal(Float.toString(size)).stripTrailingZeros();
            boolean certain = printed.precision() <= 6 && size < 0x1p24f && size >= Float.MIN_NORMAL;
            shortest = certain
                    ? printed
                    : shortest(new BigDecimal(size), new BigDecimal(Math.nextDown(size)), above(size), 9);
        }
        put(out, shortest, 6);
    }

    private static boolean putSpecial(TextOut out, double value) {
        if (Double.isNaN(value)) {
            out.put("NaN");
        } else if (Double.isInfinite(value)) {
            out.put(value > 0 ? "Infinity" : "-Infinity");
        } else {
            return false;
        }
        return true;
    }

    private static BigDecimal above(double value) {
        return value == Double.MAX_VALUE
                ? new BigDecimal(value).add(new BigDecimal(Math.ulp(value)))
                : new BigDecimal(Math.nextUp(value));
    }

    private static BigDecimal above(float value) {
        return value == Float.MAX_VALUE
                ? new BigDecimal(value).add(new BigDecimal(Math.ulp(value)))
                : new BigDecimal(Math.nextUp(value));
    }

    private static BigDecimal shortest(BigDecimal value, BigDecimal below, BigDecimal above, int digitsMax) {
        BigDecimal low = value.add(below).multiply(HALF);
        BigDecimal high = value.add(above).multiply(HALF);
        int leading = value.precision() - value.scale();
        for (int digits = 1; digits < digitsMax; digits++) {
            BigDecimal down = value.setScale(digits - leading, RoundingMode.DOWN);
            BigDecimal up = value.setScale(digits - leading, RoundingMode.UP);
            boolean downFits = down.compareTo(low) > 0;
            boolean upFits = up.compareTo(high) < 0;
            if (downFits && upFits) {
                return value.setScale(digits - leading, RoundingMode.HALF_EVEN);
            }
            if (downFits || upFits) {
                return downFits ? down : up;
            }
        }
        return value.setScale(digitsMax - leading, RoundingMode.HALF_EVEN);
    }

    /** Fixed notation while the exponent is from -4 to below {@code exponentMax}, like {@code printf("%g")}. */
    private static void put(TextOut out, BigDecimal number, int exponentMax) {
        if (number.signum() == 0) {
            out.put('0');
            return;
        }
        BigDecimal stripped = number.stripTrailingZeros();
        String digits = stripped.unscaledValue().toString();
        int exponent = digits.length() - stripped.scale() - 1;
        if (exponent >= -4 && exponent < exponentMax) {
            out.put(stripped.toPlainString());
            return;
        }
        out.put(digits.charAt(0));
        if (digits.length() > 1) {
            out.put('.').put(digits.substring(1));
        }
        out.put('e').put(exponent < 0 ? '-' : '+').putPadded(Math.abs(exponent), 2);
    }
}
