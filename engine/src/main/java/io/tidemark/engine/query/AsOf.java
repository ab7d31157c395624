package io.tidemark.engine.query;

import io.tidemark.spi.config.Values;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * The moment that a query shows: the newest cut at or before a time, or the cut of a slice.
 *
 * @param time latest time of the cut
 * @param slice the slice of the cut
 */
public record AsOf(Optional<Instant> time, Optional<Long> slice) {
    /**
     * Reads {@code 2026-11-20T08:31:00Z} (UTC when no zone is written), {@code 5m} (that long ago) or {@code cut:42}.
     *
     * @throws TidemarkException {@code INVALID_ARGUMENT} for anything else
     */
    public static AsOf parse(String text, Instant now) {
        if (text.startsWith("cut:") || text.startsWith("slice:")) {
            try {
                return new AsOf(Optional.empty(), Optional.of(Long.parseLong(text.substring(text.indexOf(':') + 1))));
            } catch (NumberFormatException e) {
                throw refused(text);
            }
        }
        return new AsOf(Optional.of(time(text, now)), Optional.empty());
    }

    private static Instant time(String text, Instant now) {
        try {
            return now.minus(Values.duration(text));
        } catch (IllegalArgumentException notDuration) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException withoutZone) {
                try {
                    return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
                } catch (DateTimeParseException e) {
                    throw refused(text);
                }
            }
        }
    }

    private static TidemarkException refused(String text) {
        return new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot read --as-of " + text
                        + ": must be a time (2026-11-20T08:31:00Z), an age (5m) or a cut (cut:42)");
    }
}
