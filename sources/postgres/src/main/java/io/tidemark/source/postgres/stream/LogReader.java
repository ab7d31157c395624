package io.tidemark.source.postgres.stream;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where the messages of a slot come from. For one thread, but for {@link #acknowledge}. */
interface LogReader extends AutoCloseable {
    /** The next message, which is there until the next call; null when none has arrived yet. */
    @Nullable
    ByteBuffer read() throws SQLException;

    /** Where the newest message says it is in the log. */
    long place();

    /** When nothing waits to be read: the place before which everything that committed has been read; 0 when that is not known. */
    long reached();

    /** Whether nothing will come from here any more, and the rest of the log has to be read otherwise. */
    boolean hasEnded();

    /** Whether all was read that was in the log; to be asked when this {@linkplain #hasEnded has ended}. */
    boolean isComplete();

    /** Where the log ended when that was last asked for, until {@link #takeLogEnd} is called; null before. */
    Feedback.@Nullable LogEnd logEnd();

    /** Says that the end was reached, so that the next one is asked for. */
    void takeLogEnd();

    /** Tells the server soon. The position must have been delivered whole and be durable. From any thread. */
    void acknowledge(long position);

    /** @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_CONNECTION_LOST} when the silence says that nothing can come any more */
    void requireAlive();

    @Override
    void close();
}
