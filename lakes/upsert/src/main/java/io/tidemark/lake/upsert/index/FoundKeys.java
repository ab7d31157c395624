package io.tidemark.lake.upsert.index;

import io.tidemark.lake.upsert.table.StoredFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of some keys are, as a search through the table found them: for upserts that have no index at hand. In memory; of no use after the
 * upsert. Files are given in the table's order, so that of two rows of a key the later one counts.
 */
public final class FoundKeys implements KeyLocations {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> paths = new ArrayList<>();
    private final Map<String, StoredFile> files = new LinkedHashMap<>();
    private final LocatedKeys found = new LocatedKeys();
    private final LocatedKeys staged = new LocatedKeys();
    private final List<Long> duplicates = new ArrayList<>();

    /** Adds a row of a key. */
    public void add(StoredFile file, byte[] key, int row) {
        files.putIfAbsent(file.path(), file);
        long location = RowLocation.of(number(file.path()), row);
        long before = found.put(key, 0, key.length, location);
        if (before != RowLocation.NONE) {
            duplicates.add(before);
        }
    }

    /** Files with rows of the keys, by location. */
    public Map<String, StoredFile> files() {
        return files;
    }

    /** Visits rows whose key has a later one. */
    public void forEachDuplicate(ObjIntConsumer<StoredFile> consumer) {
        for (long location : duplicates) {
            StoredFile file = Objects.requireNonNull(files.get(paths.get(RowLocation.file(location))));
            consumer.accept(file, RowLocation.row(location));
        }
    }

    @Override
    public int number(String path) {
        return numbers.computeIfAbsent(path, key -> {
            paths.add(path);
            return paths.size() - 1;
        });
    }

    @Override
    public @Nullable String path(int number) {
        return paths.get(number);
    }

    @Override
    public void lookup(KeyArena keys, int[] order, boolean useLocatedKeys, long[] locations) {
        for (int key : order) {
            int number = staged.find(keys, key);
            if (number >= 0) {
                locations[key] = staged.locations()[number];
            } else {
                locations[key] = useLocatedKeys ? found.get(keys, key) : RowLocation.NONE;
            }
        }
    }

    @Override
    public void stage(KeyArena keys, int[] order, long[] locations) {
        staged.putAll(keys, order, locations);
    }

    @Override
    public void discardStaged() {
        staged.clear();
    }

    @Override
    public void publish(
            KeyArena keys,
            int[] order,
            long[] locations,
            List<String> added,
            Predicate<String> isLive,
            IndexHeader newHeader) {
        // Nobody asks again.
    }
}
