package io.tidemark.engine.metadata;

import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.List;
import java.util.Optional;

/** A store whose keys all lie under a prefix, so that pipelines can share one backend. */
public final class PrefixedMetadataStore implements MetadataStore {
    private final MetadataStore store;
    private final String prefix;

    public PrefixedMetadataStore(MetadataStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    @Override
    public Optional<Entry> read(String key) {
        return store.read(prefix + key).map(this::stripped);
    }

    @Override
    public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        return store.compareAndSet(prefix + key, expectedVersion, value).map(this::stripped);
    }

    @Override
    public List<Entry> list(String keyPrefix) {
        return store.list(prefix + keyPrefix).stream().map(this::stripped).toList();
    }

    @Override
    public boolean delete(String key, long expectedVersion) {
        return store.delete(prefix + key, expectedVersion);
    }

    @Override
    public void close() {
        store.close();
    }

    private Entry stripped(Entry entry) {
        return new Entry(entry.key().substring(prefix.length()), entry.version(), entry.value());
    }
}
