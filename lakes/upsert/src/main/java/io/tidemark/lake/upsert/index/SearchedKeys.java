package io.tidemark.lake.upsert.index;

import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Searches the table for the rows of keys whenever it is asked: each round of an upsert reads the key columns of the whole table. */
public final class SearchedKeys implements KeyLocations {
    private final KeySearch search;
    private final LiveFiles live;
    private final ObjIntConsumer<StoredFile> duplicates;
    private final FoundKeys found = new FoundKeys();
    private final KeyTable searched = new KeyTable();

    /** @param duplicates takes rows whose key has a later row, some of them more than once */
    public SearchedKeys(TableFiles files, LiveFiles live, ObjIntConsumer<StoredFile> duplicates) {
        this.search = new KeySearch(files);
        this.live = live;
        this.duplicates = duplicates;
    }

    @Override
    public int number(String path) {
        return found.number(path);
    }

    @Override
    public @Nullable String path(int number) {
        return found.path(number);
    }

    @Override
    public void lookup(KeyArena keys, int[] order, boolean useEntries, long[] locations) {
        KeyTable unknown = new KeyTable();
        for (int key : order) {
            if (useEntries && searched.find(keys.data(), keys.start(key), keys.end(key)) < 0) {
                searched.findOrAdd(keys.data(), keys.start(key), keys.end(key));
                unknown.findOrAdd(keys.data(), keys.start(key), keys.end(key));
            }
        }
        if (unknown.size() > 0) {
            for (StoredFile file : live.all()) {
                search.find(
                        file,
                        unknown,
                        (key, row) -> found.add(file, unknown.keys().bytes(key), row));
            }
            found.forEachDuplicate(duplicates);
        }
        found.lookup(keys, order, useEntries, locations);
    }

    @Override
    public void stage(KeyArena keys, int[] order, long[] locations) {
        found.stage(keys, order, locations);
    }

    @Override
    public void discardStaged() {
        found.discardStaged();
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
