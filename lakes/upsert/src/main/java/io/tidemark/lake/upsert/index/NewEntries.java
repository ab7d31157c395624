package io.tidemark.lake.upsert.index;

import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries of rows that an index has elsewhere, for files that are not in the table yet: written by any thread while the index is in use, as sorted files
 * of its database, and {@linkplain #adopt taken over} in no time when the files are. Without them the index would read the keys of the files then. What
 * goes wrong while they are written leaves it to that.
 */
public final class NewEntries implements AutoCloseable {
    /** Begins the names of folders in that of the index. */
    static final String FOLDER = "entries-";

    private static final Logger LOG = LoggerFactory.getLogger(NewEntries.class);
    private static final long SORT_BYTES = 48L << 20;

    private final KeyIndex index;
    private final Path indexFolder;
    private final IndexMemory memory;
    private final int firstNumber;
    private final int filesMax;
    private final List<StoredFile> files = new ArrayList<>();
    private @Nullable Path folder;
    private List<String> sorted = List.of();

    /**
     * @param firstNumber first of the numbers that are reserved for the files
     * @param filesMax how many are
     */
    NewEntries(KeyIndex index, Path indexFolder, IndexMemory memory, int firstNumber, int filesMax) {
        this.index = index;
        this.indexFolder = indexFolder;
        this.memory = memory;
        this.firstNumber = firstNumber;
        this.filesMax = filesMax;
    }

    /** Writes the entries of all rows of the files. */
    public void write(TableFiles table, List<StoredFile> made) {
        if (made.size() > filesMax) {
            return;
        }
        List<Long> duplicates = new ArrayList<>();
        try {
            Path into = Files.createTempDirectory(indexFolder, FOLDER);
            folder = into;
            List<String> written;
            try (EntrySort sort = new EntrySort(into, SORT_BYTES, duplicates::add);
                    DBOptions database = memory.databaseOptions();
                    ColumnFamilyOptions entries = memory.entryOptions()) {
                EntrySort.Part part = sort.part();
                KeySearch keys = new KeySearch(table);
                for (int i = 0; i < made.size(); i++) {
                    int number = firstNumber + i;
                    keys.scan(made.get(i), (key, row) -> part.add(key, RowLocation.of(number, row)));
                }
                part.finish();
                written = new SstFiles(into, memory, database, entries).write(sort);
            }
            if (duplicates.isEmpty()) {
                files.addAll(made);
                sorted = written;
            }
        } catch (IOException | RocksDBException | TidemarkException e) {
            LOG.debug("Left the entries of new files to the next apply reason={}", e.toString());
        }
    }

    /** Whether the index can take them over; it is the same object, and reflects the version that the files are committed on top of. */
    public boolean areFor(KeyIndex wanted, IndexHeader base) {
        return index == wanted
                && !sorted.isEmpty()
                && index.header().filter(base::equals).isPresent();
    }

    /**
     * Has the index take them over, after the files were committed.
     *
     * @param deleted rows of a file that were deleted meanwhile: where their keys are now, the index knows
     * @param isLive see {@link KeyIndex#publish}
     */
    public void adopt(
            TableFiles table,
            Function<StoredFile, RoaringBitmap> deleted,
            Predicate<String> isLive,
            IndexHeader header) {
        KeyArena keys = new KeyArena(1 << 10);
        KeySearch search = new KeySearch(table);
        for (StoredFile file : files) {
            RoaringBitmap rows = deleted.apply(file);
            if (!rows.isEmpty()) {
                search.scan(file, rows, (key, row) -> keys.add(key.data(), 0, key.length()));
            }
        }
        int[] order = KeySort.order(keys);
        long[] locations = new long[keys.size()];
        index.lookup(keys, order, true, locations);
        index.adopt(sorted, firstNumber, files, keys, order, locations, isLive, header);
    }

    @Override
    public void close() {
        try {
            if (folder != null) {
                KeyIndex.deleteFolder(folder);
            }
        } catch (IOException e) {
            LOG.debug("Left files that the next start deletes folder={} reason={}", folder, e.toString());
        }
    }
}
