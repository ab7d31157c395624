package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.Timestamp;
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

    /** From here on every day of the Gregorian calendar is in Java's old one. */
    private static final LocalDateTime REFORMED = LocalDateTime.of(1583, 1, 1, 0, 0);

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
     * A time inside a list, struct or map. The driver gives it through the calendar of this process's zone, which moves local times that its clock
     * or the calendar reform left out: what may have been moved is refused.
     */
    static Object nested(Timestamp timestamp) {
        LocalDateTime shown = timestamp.toLocalDateTime();
        ZoneOffsetTransition previous = ZoneId.systemDefault()
                .getRules()
                .previousTransition(timestamp.toInstant().plusNanos(1));
        boolean besideGap = previous != null
                && previous.isGap()
                && shown.isBefore(previous.getDateTimeAfter().plus(previous.getDuration()));
        if (besideGap || shown.isBefore(REFORMED)) {
            throw new TidemarkException(
                    ErrorCode.QUERY_FAILED,
                    "Cannot return a timestamp inside a list, struct or map: it is old or next to a change of the clock (zone="
                            + ZoneId.systemDefault() + ")",
                    "Cast it to VARCHAR in the query.",
                    null);
        }
        return named(shown);
    }

    private static LocalDateTime ofMicros(long micros) {
        return LocalDateTime.of(1970, 1, 1, 0, 0).plus(micros, ChronoUnit.MICROS);
    }
}
