package io.tidemark.engine.metadata;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Records of one type in a metadata store.
 *
 * @param <T> the record
 */
public final class Documents<T> {
    private final MetadataStore store;
    private final Class<T> type;

    public Documents(MetadataStore store, Class<T> type) {
        this.store = store;
        this.type = type;
    }

    public Optional<T> find(String key) {
        return store.read(key).map(this::parse);
    }

    /** All records under the prefix, ordered by key. */
    public List<T> list(String prefix) {
        return store.list(prefix).stream().map(this::parse).toList();
    }

    /** The last record under the prefix. */
    public Optional<T> last(String prefix) {
        List<Entry> entries = store.list(prefix);
        return entries.isEmpty() ? Optional.empty() : Optional.of(parse(entries.get(entries.size() - 1)));
    }

    /** Writes the record, whatever was there. */
    public void put(String key, T value) {
        update(key, ignored -> Optional.of(value));
    }

    /**
     * Replaces what is there by what the change makes of it, again and again until no other writer came between.
     *
     * @param change gets what is there; returns what shall be there, or empty to leave it as it is
     * @return what is there afterwards
     */
    public Optional<T> update(String key, Function<Optional<T>, Optional<T>> change) {
        while (true) {
            Optional<Entry> entry = store.read(key);
            Optional<T> before = entry.map(this::parse);
            Optional<T> after = change.apply(before);
            if (after.isEmpty()) {
                return before;
            }
            String json = Json.write(after.orElseThrow());
            if (entry.isPresent() && entry.orElseThrow().value().equals(json)) {
                return after;
            }
            long version = entry.map(Entry::version).orElse(Entry.ABSENT);
            if (store.compareAndSet(key, version, json).isPresent()) {
                return after;
            }
        }
    }

    /** Deletes whatever is at the key. */
    public void remove(String key) {
        Optional<Entry> entry = store.read(key);
        while (entry.isPresent() && !store.delete(key, entry.orElseThrow().version())) {
            entry = store.read(key);
        }
    }

    /** Deletes the record if it still is this one. */
    public void removeIfSame(String key, T value) {
        store.read(key)
                .filter(entry -> entry.value().equals(Json.write(value)))
                .ifPresent(entry -> store.delete(key, entry.version()));
    }

    private T parse(Entry entry) {
        return Json.read(entry.value(), type, "metadata entry " + entry.key());
    }
}
