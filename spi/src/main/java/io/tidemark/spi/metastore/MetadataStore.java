package io.tidemark.spi.metastore;

import java.util.List;
import java.util.Optional;

/**
 * A small key-value store with compare-and-set: locks, work items and an index of what the lake and the slice log hold. Keys are paths of
 * printable ASCII such as {@code tables/public.accounts}, at most 512 characters; values are text of at most 1 MiB. All calls are linearizable,
 * durable when they return, and safe from any thread and process.
 *
 * <p>Errors: {@code METASTORE_UNAVAILABLE} when the store cannot be reached; the outcome of a write is then unknown and the caller reads again.
 */
public interface MetadataStore extends AutoCloseable {
    /** The entry at the key. */
    Optional<Entry> read(String key);

    /**
     * Writes the value if the entry's version is still {@code expectedVersion}; {@link Entry#ABSENT} expects that there is none.
     *
     * @return the entry as written, or empty when the expectation failed
     */
    Optional<Entry> compareAndSet(String key, long expectedVersion, String value);

    /** Entries whose key starts with the prefix, ordered by key. */
    List<Entry> list(String prefix);

    /**
     * Deletes the entry if its version is still {@code expectedVersion}.
     *
     * @return whether it was deleted
     */
    boolean delete(String key, long expectedVersion);

    @Override
    void close();
}
