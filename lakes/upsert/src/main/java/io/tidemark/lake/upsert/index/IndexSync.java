package io.tidemark.lake.upsert.index;

import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.LiveFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a key index to a version of the table. If the index reflects an ancestor of the version, the key columns of the live files it does not
 * cover are scanned: rows only ever move by being written to a new file, so these are all that can be missing. If it reflects anything else (a
 * branch that was rolled back, another load, another table), or most rows are new, it is built anew.
 */
public final class IndexSync {
    private static final Logger LOG = LoggerFactory.getLogger(IndexSync.class);
    private static final int THREADS = 2;
    private static final long SORT_BYTES = 48L << 20;
    private static final int CATCH_UP_KEYS = 1 << 17;

    private final KeyIndex index;
    private final TableStore store;
    private final TableVersion version;
    private final LiveFiles live;
    private final TableFiles files;
    private final DeletedRowsReader deleted;
    private final Map<String, RoaringBitmap> deletedOf = new HashMap<>();
    /** Whether another program made a version that the index has not seen; ours never give a key a second row. */
    private boolean hasForeignVersions;

    private final List<Long> duplicates = Collections.synchronizedList(new ArrayList<>());

    public IndexSync(KeyIndex index, TableStore store, TableVersion version) {
        this.index = index;
        this.store = store;
        this.version = version;
        this.live = store.live(version);
        this.files = store.files(version);
        this.deleted = files.deletedRows();
    }

    /**
     * Brings the index to the version.
     *
     * @return locations of rows whose key another row has too: a load whose chunks were read at different times can make them. They have to be
     *     deleted before the first apply, and the index is {@linkplain #complete complete} only then
     */
    public List<Long> run() {
        boolean isAncestor = index.header()
                .filter(header -> header.tableUuid().equals(version.tableUuid())
                        && header.loadId().equals(version.progress().loadId()))
                .map(header -> isAncestor(header.version()))
                .orElse(false);
        List<StoredFile> missing = new ArrayList<>(live.all());
        missing.removeIf(file -> index.covers(file.path()));
        long missingRows = missing.stream().mapToLong(StoredFile::rows).sum();
        if (isAncestor && missingRows <= live.rows() / 2) {
            catchUp(missing, missingRows);
        } else {
            rebuild();
        }
        return List.copyOf(duplicates);
    }

    /** Notes that the index reflects the version. */
    public void complete(IndexHeader header) {
        index.publish(
                new KeyArena(0),
                new int[0],
                new long[0],
                live.all().stream().map(StoredFile::path).toList(),
                path -> live.find(path) != null,
                header);
    }

    private boolean isAncestor(long earlier) {
        TableStore.Lineage lineage = store.lineage(version, earlier);
        hasForeignVersions = lineage == TableStore.Lineage.FOREIGN;
        return lineage != TableStore.Lineage.NONE;
    }

    private void catchUp(List<StoredFile> missing, long rows) {
        long start = System.nanoTime();
        KeyArena keys = new KeyArena(1 << 12);
        LongList locations = new LongList();
        for (StoredFile file : missing) {
            scan(file, (key, location) -> {
                keys.add(key.data(), 0, key.length());
                locations.add(location);
                if (keys.size() == CATCH_UP_KEYS) {
                    put(keys, locations);
                }
            });
        }
        put(keys, locations);
        if (!missing.isEmpty()) {
            LOG.info(
                    "Caught a key index up table={} files={} rows={} millis={}",
                    name(),
                    missing.size(),
                    rows,
                    millis(start));
        }
    }

    private void put(KeyArena keys, LongList locations) {
        int[] order = KeySort.order(keys);
        long[] before = new long[keys.size()];
        if (hasForeignVersions) {
            index.lookup(keys, order, true, before);
        }
        for (int key = 0; hasForeignVersions && key < before.length; key++) {
            if (before[key] != locations.value(key) && isLive(before[key])) {
                duplicates.add(before[key]);
            }
        }
        index.put(keys, order, locations.values());
        keys.clear();
        locations.clear();
    }

    private boolean isLive(long location) {
        String path = location == RowLocation.NONE ? null : index.path(RowLocation.file(location));
        StoredFile file = path == null ? null : live.find(path);
        return file != null
                && !deletedOf.computeIfAbsent(path, key -> deleted.of(file)).contains(RowLocation.row(location));
    }

    private void rebuild() {
        long start = System.nanoTime();
        try {
            Path folder = Files.createTempDirectory("tidemark-index-");
            try (EntrySort sort = new EntrySort(folder, SORT_BYTES, duplicates::add)) {
                // Numbers are given before threads start: greater for later files, so that of two rows of a key the
                // later one stays.
                live.all().forEach(file -> index.number(file.path()));
                scanAll(sort);
                index.refill(sort);
            } finally {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot build the key index of " + name(), e);
        }
        LOG.info(
                "Built a key index table={} rows={} duplicates={} millis={}",
                name(),
                live.rows(),
                duplicates.size(),
                millis(start));
    }

    private void scanAll(EntrySort sort) throws IOException {
        ConcurrentLinkedQueue<StoredFile> queue = new ConcurrentLinkedQueue<>(live.all());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> scans = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                scans.add(threads.submit(() -> {
                    scanInto(sort.part(), queue);
                    return null;
                }));
            }
            for (Future<?> scan : scans) {
                scan.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TidemarkException tidemark) {
                throw tidemark;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void scanInto(EntrySort.Part part, ConcurrentLinkedQueue<StoredFile> queue) {
        for (StoredFile file = queue.poll();
                file != null && !Thread.currentThread().isInterrupted();
                file = queue.poll()) {
            scan(file, part::add);
        }
        part.finish();
    }

    private void scan(StoredFile file, EntrySink sink) {
        int number = number(file);
        new KeySearch(files).scan(file, (key, row) -> sink.accept(key, RowLocation.of(number, row)));
    }

    private int number(StoredFile file) {
        synchronized (index) {
            return index.number(file.path());
        }
    }

    private String name() {
        return store.spec().schema().table().toString();
    }

    private static long millis(long startNanos) {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    private interface EntrySink {
        void accept(KeyBuffer key, long location) throws IOException;
    }

    private static final class LongList {
        private long[] values = new long[1 << 12];
        private int size;

        void add(long value) {
            if (size == values.length) {
                values = java.util.Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        long value(int index) {
            return values[index];
        }

        long[] values() {
            return values;
        }

        void clear() {
            size = 0;
        }
    }
}
