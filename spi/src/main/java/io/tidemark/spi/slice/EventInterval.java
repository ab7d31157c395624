package io.tidemark.spi.slice;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The interval of event times that a slice was opened for.
 *
 * @param start first time in it
 * @param end first time after it
 */
public record EventInterval(Instant start, Instant end) {
    public EventInterval {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException(
                    "Cannot use an interval without time in it (start=" + start + ", end=" + end + ")");
        }
    }

    /** The interval of this length that holds the time and begins at a multiple of the length since 1970-01-01T00:00:00Z. */
    public static EventInterval around(Instant time, Duration length) {
        long step = length.toMillis();
        Instant start = Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), step) * step);
        return new EventInterval(start, start.plus(step, ChronoUnit.MILLIS));
    }

    /** {@code 2026-11-20T08:30:00Z-to-2026-11-20T08:40:00Z}. */
    @Override
    public String toString() {
        return start + "-to-" + end;
    }
}
