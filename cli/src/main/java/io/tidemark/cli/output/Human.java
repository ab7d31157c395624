package io.tidemark.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Numbers, sizes and times for people: short, with units, always with a point before decimals. */
public final class Human {
    private static final List<String> SIZE_UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");

    private Human() {}

    /** {@code 1,234,567}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1,234 rows} or {@code 1 row}. */
    public static String count(long count, String singular) {
        return count(count) + " " + singular + (count == 1 ? "" : "s");
    }

    /** {@code 812 B}, {@code 1.5 MiB}. */
    public static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < SIZE_UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, SIZE_UNITS.get(unit));
    }

    /** {@code 12,345/s}, {@code 0.5/s}. */
    public static String rate(double perSecond) {
        return perSecond > 0 && perSecond < 10
                ? String.format(Locale.ROOT, "%.1f/s", perSecond)
                : String.format(Locale.ROOT, "%,.0f/s", perSecond);
    }

    /** {@code 850 ms}, {@code 1.2 s}, {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 3 d 4 h}. */
    public static String duration(Duration duration) {
        if (duration.isNegative()) {
            return "-" + duration(duration.negated());
        }
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 9_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        // From here on whole units, rounded before they are split, so that 59.9 s is 1 min and not 60 s.
        long seconds = (millis + 500) / 1000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return twoUnits(seconds, 60, "min", 1, "s");
        }
        return seconds < 86_400 ? twoUnits(seconds, 3600, "h", 60, "min") : twoUnits(seconds, 86_400, "d", 3600, "h");
    }

    /** How long ago: {@code 3.4 s ago}; a time in the future (clocks differ) is {@code now}. */
    public static String ago(Instant time, Instant now) {
        return time.isAfter(now) ? "now" : duration(Duration.between(time, now)) + " ago";
    }

    /** {@code 2026-11-20 08:31:10Z}. */
    public static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ');
    }

    /** {@code 37%}; 100% only when it is all. */
    public static String percent(long part, long whole) {
        if (whole <= 0) {
            return "";
        }
        long percent = (long) (100.0 * part / whole);
        return (part >= whole ? 100 : Math.min(99, percent)) + "%";
    }

    private static String twoUnits(long seconds, long large, String largeName, long small, String smallName) {
        long rest = seconds % large / small;
        return seconds / large + " " + largeName + (rest == 0 ? "" : " " + rest + " " + smallName);
    }
}
