package io.tidemark.lake.upsert.apply;

import java.io.Serializable;

/**
 * How much an apply holds in memory before it writes a file.
 *
 * @param roundBytes bytes of rows and keys
 * @param roundKeys distinct keys
 */
public record ApplyLimits(long roundBytes, int roundKeys) implements Serializable {
    public static final ApplyLimits DEFAULT = new ApplyLimits(64L << 20, 1 << 18);

    public ApplyLimits {
        if (roundBytes < 1 || roundKeys < 1) {
            throw new IllegalArgumentException("Cannot bound a round: limits must be at least 1 (bytes=" + roundBytes
                    + ", keys=" + roundKeys + ")");
        }
    }
}
