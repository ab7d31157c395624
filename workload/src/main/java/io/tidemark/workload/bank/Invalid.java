package io.tidemark.workload.bank;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;

/** Refuses options outside their range. */
final class Invalid {
    private Invalid() {}

    static void unless(boolean valid, String verbAndObject, String rule, String name, Object value) {
        if (!valid) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot " + verbAndObject + ": " + rule + " (" + name + "=" + value + ")");
        }
    }
}
