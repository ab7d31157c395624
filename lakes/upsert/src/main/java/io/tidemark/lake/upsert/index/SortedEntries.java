package io.tidemark.lake.upsert.index;

import java.io.IOException;

/** Entries in key order, each key once. */
public interface SortedEntries {
    /**
     * Hands every entry on.
     *
     * @throws IOException when an entry cannot be read or the sink fails
     */
    void forEach(Sink sink) throws IOException;

    /** Takes entries. */
    interface Sink {
        /** @param key bytes {@code [from, to)} are the key, valid during the call */
        void accept(byte[] key, int from, int to, long location) throws IOException;
    }
}
