package io.tidemark.bench.contest;

import java.util.Locale;

/**
 * A figure that has a target.
 *
 * @param what what the figure is, with its unit
 */
public record Check(String what, double value, Bound bound, double target) {
    /** On which side of the target the figure has to be. */
    public enum Bound {
        AT_LEAST,
        AT_MOST
    }

    public static Check atLeast(double target, String what, double value) {
        return new Check(what, value, Bound.AT_LEAST, target);
    }

    public static Check atMost(double target, String what, double value) {
        return new Check(what, value, Bound.AT_MOST, target);
    }

    public boolean isMet() {
        return bound == Bound.AT_LEAST ? value >= target : value <= target;
    }

    /** The target in words. */
    public String wanted() {
        return (bound == Bound.AT_LEAST ? "at least " : "at most ") + figure(target);
    }

    /** Three digits, more where a number has them before its point. */
    public static String figure(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
