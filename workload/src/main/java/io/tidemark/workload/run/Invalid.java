package io.tidemark.workload.run;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;

/** Refuses options outside their range. */
public final class Invalid {
    private Invalid() {}

    public static void unless(boolean valid, String verbAndObject, String rule, String name, Object value) {
        if (!valid) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot " + verbAndObject + ": " + rule + " (" + name + "=" + value + ")");
        }
    }
}
