package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;

/** Times as DuckDB's driver gives them, made exact. */
final class Times {
    private static final String INFINITY = "infinity";
    private static final String MINUS_INFINITY = "-infinity";

    /** What DuckDB holds for the infinities; the driver gives them as if they were times. */
    private static final LocalDateTime LAST = ofMicros(Long.MAX_VALUE);

    private static final LocalDateTime FIRST = ofMicros(-Long.MAX_VALUE);
    private static final LocalDate LAST_DATE = LocalDate.ofEpochDay(Integer.MAX_VALUE);
    private static final LocalDate FIRST_DATE = LocalDate.ofEpochDay(-Integer.MAX_VALUE);

    private Times() {}

    static Object named(LocalDate date) {
        if (date.equals(LAST_DATE)) {
            return INFINITY;
        }
        return date.equals(FIRST_DATE) ? MINUS_INFINITY : date;
    }

    static Object named(LocalDateTime time) {
        if (time.equals(LAST)) {
            return INFINITY;
        }
        return time.equals(FIRST) ? MINUS_INFINITY : time;
    }

    static Object named(OffsetDateTime time) {
        LocalDateTime utc = time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
        Object named = named(utc);
        return named instanceof String ? named : utc.atOffset(ZoneOffset.UTC);
    }

    /**
     * A time inside a list, struct or map. The driver gives it through the clock of this process's zone, which has no place for a local time
     * inside a gap and puts it behind the gap: what may have come from there is refused.
     */
    static Object nested(Timestamp timestamp) {
        Instant instant = timestamp.toInstant();
        ZoneOffsetTransition previous = ZoneId.systemDefault().getRules().previousTransition(instant.plusNanos(1));
        LocalDateTime shown = timestamp.toLocalDateTime();
        if (previous != null
                && previous.isGap()
                && shown.isBefore(previous.getDateTimeAfter().plus(previous.getDuration()))) {
            throw new TidemarkException(
                    ErrorCode.QUERY_FAILED,
                    "Cannot return a timestamp inside a list, struct or map: it is next to a change of this process's clock (zone="
                            + ZoneId.systemDefault() + ")",
                    "Cast it to VARCHAR in the query.",
                    null);
        }
        // Before the year 1 the driver's class tells the year of the era without the era.
        boolean beforeChrist = instant.isBefore(Instant.parse("0001-01-01T00:00:00Z"));
        return named(beforeChrist ? shown.withYear(1 - shown.getYear()) : shown);
    }

    private static LocalDateTime ofMicros(long micros) {
        return LocalDateTime.of(1970, 1, 1, 0, 0).plus(micros, ChronoUnit.MICROS);
    }
}
