package io.tidemark.engine.work;

import io.tidemark.spi.change.Position;
import java.time.Instant;

/**
 * Asks workers not to apply a table beyond a position, so that its mirror can be pinned there.
 *
 * @param through greatest position to apply
 * @param holder who asks
 * @param expires when the hold ends by itself
 */
public record Hold(Position through, String holder, Instant expires) {}
