package io.tidemark.engine.mirror;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;

/**
 * Reads times that are written as text or number. A date that the calendar does not have is refused; what the format leaves out is the first of the
 * month or year, or midnight. A local time that a zone skips is taken for the one as much later, one that it has twice for the first.
 */
final class TimeText {
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal SECONDS_MAX = BigDecimal.valueOf(Instant.MAX.getEpochSecond());

    private final DerivedTime how;
    private final ZoneId zone;
    private final DateTimeFormatter formatter;

    /** @throws IllegalArgumentException when the pattern is none */
    TimeText(DerivedTime how) {
        this.how = how;
        this.zone = how.zoneId();
        this.formatter = how.hasPattern() ? strict(how.format()) : iso();
    }

    /** @throws DateTimeException when the text is no time in the format */
    Instant instant(String text) {
        if (how.isNumber()) {
            return number(text);
        }
        TemporalAccessor parsed = formatter.parse(text);
        ZoneId written = parsed.query(TemporalQueries.zone());
        LocalTime time = parsed.query(TemporalQueries.localTime());
        return date(parsed)
                .atTime(time == null ? LocalTime.MIDNIGHT : time)
                .atZone(written == null ? zone : written)
                .toInstant();
    }

    /** @throws DateTimeException when there is no such time */
    Instant instant(BigDecimal number) {
        BigDecimal seconds = how.format().equals(DerivedTime.MILLIS) ? number.movePointLeft(3) : number;
        if (seconds.precision() - seconds.scale() > SECONDS_MAX.precision()) {
            throw new DateTimeException("out of range");
        }
        BigInteger[] parts = seconds.multiply(NANOS)
                .setScale(0, RoundingMode.FLOOR)
                .toBigInteger()
                .divideAndRemainder(NANOS.toBigInteger());
        return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
    }

    private Instant number(String text) {
        try {
            return instant(new BigDecimal(text));
        } catch (NumberFormatException e) {
            throw new DateTimeException("no number", e);
        }
    }

    private static LocalDate date(TemporalAccessor parsed) {
        LocalDate date = parsed.query(TemporalQueries.localDate());
        if (date != null) {
            return date;
        }
        int month = parsed.isSupported(ChronoField.MONTH_OF_YEAR) ? parsed.get(ChronoField.MONTH_OF_YEAR) : 1;
        return LocalDate.of(parsed.get(ChronoField.YEAR), month, 1);
    }

    /** Without the era, {@code yyyy} would be no year for a formatter that is strict. */
    private static DateTimeFormatter strict(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseDefaulting(ChronoField.ERA, 1)
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    private static DateTimeFormatter iso() {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .append(DateTimeFormatter.ISO_LOCAL_DATE)
                .optionalStart()
                .appendLiteral('T')
                .append(DateTimeFormatter.ISO_LOCAL_TIME)
                .optionalStart()
                .appendOffsetId()
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }
}
