package io.tidemark.engine.mirror;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a column of the mirror tells the time that a column of the table holds.
 *
 * @param format how the table's column writes it: {@value #SECONDS}, {@value #MILLIS}, {@value #ISO} or a pattern of {@link DateTimeFormatter};
 *     empty for a column whose own type is a date or time
 * @param zone zone of what is written without one, and of what the mirror's column writes
 * @param as pattern that the mirror's column writes it in; empty for a timestamp
 */
public record DerivedTime(String format, String zone, String as) {
    /** Seconds since 1970-01-01T00:00:00Z, with or without decimals. */
    public static final String SECONDS = "epoch-seconds";
    /** Milliseconds since then. */
    public static final String MILLIS = "epoch-millis";
    /** Date, or date and time, of ISO 8601, with or without offset. */
    public static final String ISO = "iso";

    private static final Instant SAMPLE = Instant.parse("2023-07-01T13:14:15.123456Z");

    /**
     * The same, checked.
     *
     * @throws IllegalArgumentException when a pattern or the zone cannot be used, with a reason for people
     */
    public static DerivedTime of(@Nullable String format, @Nullable String zone, @Nullable String as) {
        DerivedTime derived =
                new DerivedTime(format == null ? "" : format, zone == null ? "UTC" : zone, as == null ? "" : as);
        try {
            ZoneId.of(derived.zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "zone must be the name of a time zone, such as UTC, Europe/Berlin or +02:00", e);
        }
        if (derived.hasPattern()) {
            requireReadable(derived);
        }
        if (!derived.as.isEmpty()) {
            requireWritable(derived);
        }
        return derived;
    }

    ZoneId zoneId() {
        return ZoneId.of(zone);
    }

    /** Whether the format is a pattern of its own. */
    boolean hasPattern() {
        return !format.isEmpty() && !isNumber() && !format.equals(ISO);
    }

    /** Whether the format is a number. */
    boolean isNumber() {
        return format.equals(SECONDS) || format.equals(MILLIS);
    }

    /** Whether the mirror's column is a text. */
    boolean isText() {
        return !as.isEmpty();
    }

    /** Writes times as the mirror's column has them. */
    DateTimeFormatter writer() {
        return DateTimeFormatter.ofPattern(as, Locale.ENGLISH).withZone(zoneId());
    }

    private static void requireReadable(DerivedTime derived) {
        try {
            TimeText text = new TimeText(derived);
            text.instant(DateTimeFormatter.ofPattern(derived.format, Locale.ENGLISH)
                    .withZone(derived.zoneId())
                    .format(SAMPLE));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(
                    "format must be " + SECONDS + ", " + MILLIS + ", " + ISO
                            + " or a pattern that tells a date, such as yyyy-MM-dd HH:mm:ss",
                    e);
        }
    }

    private static void requireWritable(DerivedTime derived) {
        try {
            if (!derived.writer().format(SAMPLE).isEmpty()) {
                return;
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException("as must be a pattern, such as yyyy, MM, dd, HH, mm or yyyy-MM-dd", e);
        }
        throw new IllegalArgumentException("as must write something");
    }
}
