package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.filter.WholeNumber.Form;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates and points in time as ISO 8601 writes them. Postgres counts both from 2000-01-01, in days and in microseconds. */
final class Times {
    private static final Pattern DATE = Pattern.compile("([0-9]{4,7})-([0-9]{2})-([0-9]{2})( BC)?");
    private static final Pattern TIMESTAMP = Pattern.compile("([0-9]{4,6})-([0-9]{2})-([0-9]{2})"
            + "(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,6}))?)?(?: ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
            + "( BC)?");

    private static final String INFINITY = "infinity";
    private static final int EPOCH_DAYS = 10_957;
    private static final long MICROS = 1_000_000L;
    private static final long EPOCH_SECONDS = EPOCH_DAYS * 86_400L;

    /** Bounds of the types: 4714-11-24 BC, and the first day and moment after the last ones. */
    private static final long LEAST_DAY = -2_451_545;

    private static final long END_DAY = 2_145_031_949L;
    private static final long LEAST_MICROS = -211_813_488_000_000_000L;
    private static final long END_MICROS = 9_223_371_331_200_000_000L;

    private Times() {}

    /** Reads a date. */
    static WholeNumber parseDate(String text) {
        switch (text) {
            case INFINITY -> {
                return new WholeNumber(Integer.MAX_VALUE, Form.INT32, "'infinity'::date");
            }
            case "-" + INFINITY -> {
                return new WholeNumber(Integer.MIN_VALUE, Form.INT32, "'-infinity'::date");
            }
            default -> {
                // A day.
            }
        }
        Matcher parts = DATE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a date is wanted, such as 2024-01-31");
        }
        LocalDate date = date(parts, parts.group(4));
        long days = date.toEpochDay() - EPOCH_DAYS;
        if (days < LEAST_DAY || days >= END_DAY) {
            throw new IllegalArgumentException("Postgres has no such date");
        }
        return new WholeNumber(days, Form.INT32, "'" + text(date) + era(date) + "'::date");
    }

    /**
     * Reads a point in time; a date alone is its first moment.
     *
     * @param hasZone whether the type has a time zone: then an offset counts, and none means UTC
     */
    static WholeNumber parseTimestamp(String text, boolean hasZone) {
        String type = hasZone ? "'::timestamptz" : "'::timestamp";
        switch (text) {
            case INFINITY -> {
                return new WholeNumber(Long.MAX_VALUE, Form.INT64, "'infinity" + type);
            }
            case "-" + INFINITY -> {
                return new WholeNumber(Long.MIN_VALUE, Form.INT64, "'-infinity" + type);
            }
            default -> {
                // A moment.
            }
        }
        Matcher parts = TIMESTAMP.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a date and time is wanted, such as 2024-01-31 10:00:00" + (hasZone ? "Z" : ""));
        }
        if (parts.group(8) != null && !hasZone) {
            throw new IllegalArgumentException("the column's type has no time zone");
        }
        LocalDateTime local = date(parts, parts.group(9)).atStartOfDay();
        try {
            local = local.withHour(number(parts.group(4)))
                    .withMinute(number(parts.group(5)))
                    .withSecond(number(parts.group(6)));
            ZoneOffset offset = parts.group(8) == null ? ZoneOffset.UTC : ZoneOffset.of(parts.group(8));
            String fraction = parts.group(7) == null ? "" : parts.group(7);
            long micros = Math.addExact(
                    Math.multiplyExact(local.toEpochSecond(offset) - EPOCH_SECONDS, MICROS),
                    Long.parseLong((fraction + "000000").substring(0, 6)));
            return timestamp(micros, hasZone, type);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("there is no such moment", e);
        }
    }

    private static WholeNumber timestamp(long micros, boolean hasZone, String type) {
        if (micros < LEAST_MICROS || micros >= END_MICROS) {
            throw new IllegalArgumentException("Postgres has no such moment");
        }
        long second = Math.floorDiv(micros, MICROS) + EPOCH_SECONDS;
        LocalDateTime utc = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
        String time = String.format(
                Locale.ROOT,
                " %02d:%02d:%02d.%06d",
                utc.getHour(),
                utc.getMinute(),
                utc.getSecond(),
                Math.floorMod(micros, MICROS));
        return new WholeNumber(
                micros,
                Form.INT64,
                "'" + text(utc.toLocalDate()) + time + (hasZone ? "+00" : "") + era(utc.toLocalDate()) + type);
    }

    private static LocalDate date(Matcher parts, @Nullable String era) {
        int year = Integer.parseInt(parts.group(1));
        try {
            if (year == 0) {
                throw new IllegalArgumentException("there is no year 0");
            }
            return LocalDate.of(era == null ? year : 1 - year, number(parts.group(2)), number(parts.group(3)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no such day", e);
        }
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static String text(LocalDate date) {
        int year = date.getYear();
        return String.format(
                Locale.ROOT, "%04d-%02d-%02d", year > 0 ? year : 1 - year, date.getMonthValue(), date.getDayOfMonth());
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : " BC";
    }
}
