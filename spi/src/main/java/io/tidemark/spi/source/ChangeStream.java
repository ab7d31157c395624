package io.tidemark.spi.source;

import java.time.Duration;
import java.time.Instant;

/**
 * An open change stream. One thread polls; {@link #acknowledge} may come from another.
 *
 * <p>Transactions arrive whole and in commit order; those that roll back never arrive. After an error the stream is of no use: close it, drop
 * what was not sealed, and open another from the last sealed token.
 */
public interface ChangeStream extends AutoCloseable {
    /**
     * Hands what has arrived to the sink, at least until the end of the current transaction if one has begun to arrive, waiting for something
     * to arrive at most {@code wait}.
     *
     * @return events handed on; 0 when nothing arrived
     */
    long poll(ChangeSink sink, Duration wait);

    /**
     * Resume token for everything handed on so far, whole transactions only; also grows while no change of interest arrives. Acknowledge it
     * when all of that is durable.
     */
    String deliveredToken();

    /** The newest time at which the source is known to have had nothing more to send than was handed on. */
    Instant caughtUpAt();

    /**
     * Tells the source that everything up to the token is durable and need never be sent again. Call it only after the slice that holds the
     * changes is sealed. The source may learn of it a little later; that only means that it keeps more than needed.
     */
    void acknowledge(String resumeToken);

    @Override
    void close();
}
