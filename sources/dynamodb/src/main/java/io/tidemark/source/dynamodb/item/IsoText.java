package io.tidemark.source.dynamodb.item;

import java.util.regex.Pattern;

/**
 * The forms of ISO 8601 in which S holds dates and times (those of RFC 3339, seconds optional), and what both sides of a comparison hold numbers of
 * seconds against. What the fields mean is left to each.
 */
final class IsoText {
    private static final String DAY = "([0-9]{4})-([0-9]{2})-([0-9]{2})";
    private static final String CLOCK = "([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?";

    static final Pattern DATE = Pattern.compile(DAY);
    static final Pattern TIME = Pattern.compile(CLOCK);
    static final Pattern TIMESTAMP = Pattern.compile(DAY + "T" + CLOCK);
    static final Pattern TIMESTAMP_TZ = Pattern.compile(DAY + "T" + CLOCK + "(Z|[+-][0-9]{2}:[0-9]{2})");

    /** 0000-01-01T00:00:00Z. Milliseconds that are taken for seconds are later than {@link #MICROS_END}. */
    static final long MICROS_LEAST = -62_167_219_200_000_000L;

    /** 10000-01-01T00:00:00Z. */
    static final long MICROS_END = 253_402_300_800_000_000L;

    private IsoText() {}
}
