package io.tidemark.engine.simulation;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The metadata store as a process sees it. */
final class SimulatedMetadataStore implements MetadataStore {
    private final World world;

    SimulatedMetadataStore(World world) {
        this.world = world;
    }

    @Override
    public Optional<Entry> read(String key) {
        return world.read(
                "read " + key,
                ErrorCode.METASTORE_UNAVAILABLE,
                () -> world.store().read(key));
    }

    @Override
    public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        return world.write("write " + key, ErrorCode.METASTORE_UNAVAILABLE, () -> {
            String written = value;
            if (world.has(Bug.LATER_CUTS_ARE_FORGOTTEN)) {
                written = value.replaceAll(
                        "\"firstCutoff\":(\\{[^}]*}|\"?[^,]*),\"lastCutoff\":(\\{[^}]*}|\"?[^,]*),",
                        "\"firstCutoff\":$1,\"lastCutoff\":$1,");
            }
            long expected = expectedVersion;
            if (world.has(Bug.STORE_DOES_NOT_COMPARE)) {
                expected = world.store().read(key).map(Entry::version).orElse(Entry.ABSENT);
            }
            Optional<Entry> entry = world.store().compareAndSet(key, expected, written);
            if (entry.isPresent()) {
                world.invariants().written(key, value);
            }
            return entry;
        });
    }

    /** Each entry is as it was at some moment of the call. */
    @Override
    public List<Entry> list(String prefix) {
        return world.read("list " + prefix, ErrorCode.METASTORE_UNAVAILABLE, () -> {
            List<Entry> before = world.store().list(prefix);
            if (!world.scheduler().isSimulated() || world.random().nextInt(10) > 0 || before.size() < 2) {
                return before;
            }
            world.scheduler().pause(world.latency());
            String middle = before.get(before.size() / 2).key();
            List<Entry> mixed = new ArrayList<>();
            before.stream().filter(entry -> entry.key().compareTo(middle) < 0).forEach(mixed::add);
            world.store().list(prefix).stream()
                    .filter(entry -> entry.key().compareTo(middle) >= 0)
                    .forEach(mixed::add);
            return mixed;
        });
    }

    @Override
    public boolean delete(String key, long expectedVersion) {
        return world.write(
                "delete " + key,
                ErrorCode.METASTORE_UNAVAILABLE,
                () -> world.store()
                        .delete(
                                key,
                                world.has(Bug.STORE_DOES_NOT_COMPARE)
                                        ? world.store()
                                                .read(key)
                                                .map(Entry::version)
                                                .orElse(Entry.ABSENT)
                                        : expectedVersion));
    }

    @Override
    public void close() {
        // The entries stay.
    }
}
