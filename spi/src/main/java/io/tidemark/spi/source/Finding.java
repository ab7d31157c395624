package io.tidemark.spi.source;

import io.tidemark.spi.error.ErrorCode;
import java.util.Optional;

/**
 * Result of one test.
 *
 * @param subject what was tested, for example {@code wal_level}
 * @param status outcome
 * @param detail what was found, one sentence
 * @param remedy what to do, empty when nothing is to be done
 * @param code the error that running would meet; empty unless failed
 */
public record Finding(String subject, Status status, String detail, String remedy, Optional<ErrorCode> code) {
    /** Outcome of a test. */
    public enum Status {
        OK,
        WARNING,
        FAILED
    }

    public static Finding ok(String subject, String detail) {
        return new Finding(subject, Status.OK, detail, "", Optional.empty());
    }

    public static Finding warning(String subject, String detail, String remedy) {
        return new Finding(subject, Status.WARNING, detail, remedy, Optional.empty());
    }

    public static Finding failed(ErrorCode code, String subject, String detail, String remedy) {
        return new Finding(subject, Status.FAILED, detail, remedy, Optional.of(code));
    }
}
