package io.tidemark.spi.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Readers of setting texts; every refusal names what would be right. */
public final class Values {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

    private Values() {}

    /** {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 7d}. */
    public static Duration duration(String text, Duration least, Duration most) {
        Duration value = duration(text);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("must be between " + written(least) + " and " + written(most));
        }
        return value;
    }

    /** {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 7d}. */
    public static Duration duration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.trim());
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration unit = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(1);
                case "s" -> Duration.ofSeconds(1);
                case "m" -> Duration.ofMinutes(1);
                case "h" -> Duration.ofHours(1);
                case "d" -> Duration.ofDays(1);
                default -> Duration.ZERO;
            };
            if (!unit.isZero() && number < 1_000_000_000L) {
                return unit.multipliedBy(number);
            }
        }
        throw new IllegalArgumentException("must be a number with a unit: 500ms, 10s, 5m, 24h or 7d");
    }

    /** {@code 64MiB}, {@code 1GB}, {@code 4096B}: powers of 1024 with an i, else of 1000. */
    public static long size(String text, long leastBytes, long mostBytes) {
        long value = size(text);
        if (value < leastBytes || value > mostBytes) {
            throw new IllegalArgumentException("must be between " + leastBytes + "B and " + mostBytes + "B");
        }
        return value;
    }

    static int integer(String text, int least, int most) {
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The refusal below says what would be right.
        }
        throw new IllegalArgumentException("must be a whole number between " + least + " and " + most);
    }

    static boolean flag(String text) {
        return switch (text.trim()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    static <E extends Enum<E>> E choice(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (written(constant).equals(text.trim())) {
                return constant;
            }
        }
        throw new IllegalArgumentException("must be " + choices(type));
    }

    static <E extends Enum<E>> String choices(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Values::written).collect(Collectors.joining(" or "));
    }

    static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The duration with the largest unit that divides it. */
    public static String written(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes % 60 != 0) {
            return minutes + "m";
        }
        return minutes % 1440 == 0 ? minutes / 1440 + "d" : minutes / 60 + "h";
    }

    private static long size(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.trim());
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            long unit = switch (matcher.group(2)) {
                case "B" -> 1L;
                case "KiB" -> 1L << 10;
                case "MiB" -> 1L << 20;
                case "GiB" -> 1L << 30;
                case "TiB" -> 1L << 40;
                case "KB" -> 1_000L;
                case "MB" -> 1_000_000L;
                case "GB" -> 1_000_000_000L;
                case "TB" -> 1_000_000_000_000L;
                default -> 0L;
            };
            if (unit > 0 && number <= Long.MAX_VALUE / unit) {
                return number * unit;
            }
        }
        throw new IllegalArgumentException("must be a number with a unit: 4096B, 512KiB, 64MiB, 1GiB or 1GB");
    }
}
