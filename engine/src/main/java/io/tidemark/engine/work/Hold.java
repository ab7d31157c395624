package io.tidemark.engine.work;

import io.tidemark.spi.change.Position;

/**
 * Asks workers not to apply a table beyond a position, so that its mirror can be pinned there. It counts while who asks has the lease {@link #LEASE}.
 *
 * @param through greatest position to apply
 */
public record Hold(Position through) {
    /** The lease of who asks. */
    public static final String LEASE = "verify";
}
