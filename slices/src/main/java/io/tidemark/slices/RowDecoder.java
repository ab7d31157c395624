package io.tidemark.slices;

import io.tidemark.spi.change.ChangeBatch;
import java.io.IOException;

/** Reads the events of one file in one of the formats. One thread. */
interface RowDecoder extends AutoCloseable {
    /**
     * Reads the next rows into an empty batch; returns whether there were any.
     *
     * @throws IOException or a {@link RuntimeException} when the file is not as the format says
     */
    boolean read(ChangeBatch batch) throws IOException;

    @Override
    void close() throws IOException;
}
