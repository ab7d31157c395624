package io.tidemark.testkit.metastore;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A metadata store in memory, with switches for what can go wrong with a real one. Closing it forgets nothing. */
public final class InMemoryMetadataStore implements MetadataStore {
    private final NavigableMap<String, Entry> entries = new TreeMap<>();
    private long lastVersion;
    private boolean unreachable;
    private @Nullable WriteFault nextWriteFault;

    /** Makes the next write or delete fail. */
    public synchronized void failNextWrite(WriteFault fault) {
        nextWriteFault = fault;
    }

    /** Makes every call fail until {@link #reconnect}. */
    public synchronized void disconnect() {
        unreachable = true;
    }

    public synchronized void reconnect() {
        unreachable = false;
    }

    @Override
    public synchronized Optional<Entry> read(String key) {
        checkReachable();
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public synchronized Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        checkReachable();
        WriteFault fault = takeFault();
        failIf(fault == WriteFault.BEFORE);
        Optional<Entry> written = Optional.empty();
        if (version(key) == expectedVersion) {
            lastVersion++;
            Entry entry = new Entry(key, lastVersion, value);
            entries.put(key, entry);
            written = Optional.of(entry);
        }
        failIf(fault == WriteFault.AFTER);
        return written;
    }

    @Override
    public synchronized List<Entry> list(String prefix) {
        checkReachable();
        return entries.tailMap(prefix).values().stream()
                .takeWhile(entry -> entry.key().startsWith(prefix))
                .toList();
    }

    @Override
    public synchronized boolean delete(String key, long expectedVersion) {
        checkReachable();
        WriteFault fault = takeFault();
        failIf(fault == WriteFault.BEFORE);
        boolean deleted = expectedVersion != Entry.ABSENT && version(key) == expectedVersion;
        if (deleted) {
            entries.remove(key);
        }
        failIf(fault == WriteFault.AFTER);
        return deleted;
    }

    @Override
    public void close() {
        // The entries outlive their handles, as those of a real store do.
    }

    private long version(String key) {
        Entry entry = entries.get(key);
        return entry == null ? Entry.ABSENT : entry.version();
    }

    private @Nullable WriteFault takeFault() {
        WriteFault fault = nextWriteFault;
        nextWriteFault = null;
        return fault;
    }

    private void checkReachable() {
        failIf(unreachable);
    }

    private static void failIf(boolean fails) {
        if (fails) {
            throw new TidemarkException(
                    ErrorCode.METASTORE_UNAVAILABLE, "Cannot reach the metadata store: a test switched it off");
        }
    }
}
