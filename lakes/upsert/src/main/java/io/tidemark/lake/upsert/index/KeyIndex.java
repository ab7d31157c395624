package io.tidemark.lake.upsert.index;

import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Key to row location, in RocksDB on local disk. Disposable: whatever it holds can be rebuilt from the table.
 *
 * <p>What it promises: for the version named in its header, every live row's key leads to that row. Entries that lead elsewhere (to rows already
 * deleted, to files no longer live) may be left over and do no harm, for who looks up checks that the file is live and deleting a deleted row
 * changes nothing. There is no write-ahead log: entries and header share one column family, whose memory tables reach the disk in order, so after a
 * crash it is what it was at some earlier moment, and the header names a version not newer than its entries. File numbers are reserved before the
 * entries that use them and never used again.
 *
 * <p>Not thread-safe; one process at a time. Look-ups and writes spread over the processors by themselves.
 */
public final class KeyIndex implements KeyLocations, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyIndex.class);
    private static final byte[] HEADER = {0, 'h'};
    private static final byte[] NEXT_FILE = {0, 'n'};
    private static final byte[] FILE_PREFIX = {0, 'f'};
    private static final byte[] STAGED = "staged".getBytes(StandardCharsets.UTF_8);
    private static final int LOOKUP_KEYS = 4096;
    private static final int BATCH_ENTRIES = 8192;

    private final Path folder;
    private final IndexMemory memory;
    private final IndexLock lock;
    private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Integer, String> paths = new HashMap<>();
    private final Set<String> covered = new HashSet<>();
    private DBOptions databaseOptions;
    private ColumnFamilyOptions entryOptions;
    private RocksDB database;
    private ColumnFamilyHandle entries;
    private LocatedKeys newlyStaged = new LocatedKeys();
    private long newlyStagedBytes;

    /** What was staged before; null when memory has all. */
    private @Nullable ColumnFamilyHandle staged;

    private @Nullable IndexHeader header;
    private int nextFile;

    private KeyIndex(Path folder, IndexMemory memory, IndexLock lock) throws RocksDBException {
        this.folder = folder;
        this.memory = memory;
        this.lock = lock;
        this.databaseOptions = memory.databaseOptions();
        this.entryOptions = memory.entryOptions();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        this.database = openDatabase(handles);
        this.entries = handles.get(0);
        dropLeftovers(handles);
        readHeader();
    }

    /**
     * Opens the index in the folder, an empty one if there is none or what is there cannot be read.
     *
     * @throws TidemarkException {@code LAKE_INDEX_IN_USE} when another worker has it open
     */
    public static KeyIndex open(Path folder, IndexMemory memory) {
        IndexLock lock = IndexLock.acquire(folder);
        try {
            deleteIfAsked(folder, lock);
            Files.createDirectories(folder);
            deleteUnfinished(folder);
            return new KeyIndex(folder, memory, lock);
        } catch (RocksDBException e) {
            if (MachineLimits.reached(e).isPresent()) {
                // It may be whole.
                lock.close();
                throw failed("open", folder, e);
            }
            LOG.warn("Discarded an unreadable key index folder={} reason={}", folder, e.getMessage());
            try {
                deleteFolder(folder);
                Files.createDirectories(folder);
                return new KeyIndex(folder, memory, lock);
            } catch (IOException | RocksDBException again) {
                lock.close();
                throw failed("open", folder, again);
            }
        } catch (IOException e) {
            lock.close();
            throw failed("open", folder, e);
        }
    }

    /** Deletes the index in the folder, if there is one; one that somebody has open goes when it is closed. */
    public static void delete(Path folder) {
        try {
            IndexLock.askDeletion(folder);
            try (IndexLock lock = IndexLock.acquire(folder)) {
                deleteIfAsked(folder, lock);
            }
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.LAKE_INDEX_IN_USE) {
                throw e;
            }
        } catch (IOException e) {
            throw failed("delete", folder, e);
        }
    }

    private static void deleteIfAsked(Path folder, IndexLock lock) throws IOException {
        if (lock.isDeletionAsked()) {
            deleteFolder(folder);
            lock.deletionDone();
        }
    }

    /** What it reflects; empty for one that was never filled. */
    public Optional<IndexHeader> header() {
        return Optional.ofNullable(header);
    }

    /** Whether every live row of the file has its entry. */
    public boolean covers(String path) {
        return covered.contains(path);
    }

    @Override
    public int number(String path) {
        Integer known = numbers.get(path);
        if (known != null) {
            return known;
        }
        int number = nextFile++;
        numbers.put(path, number);
        paths.put(number, path);
        return number;
    }

    @Override
    public @Nullable String path(int number) {
        return paths.get(number);
    }

    @Override
    public void lookup(KeyArena keys, int[] order, boolean useEntries, long[] locations) {
        inPortions(
                order.length,
                LOOKUP_KEYS,
                "read",
                (from, to) -> lookup(keys, Arrays.copyOfRange(order, from, to), locations, useEntries));
    }

    /** Does work on portions of a range, which is done on all processors: RocksDB reads and writes with any number of threads. */
    private void inPortions(int end, int size, String verb, Portion portion) {
        IntStream.range(0, (end + size - 1) / size).parallel().forEach(i -> {
            try {
                portion.run(i * size, Math.min(end, (i + 1) * size));
            } catch (RocksDBException e) {
                throw failed(verb, folder, e);
            }
        });
    }

    private interface Portion {
        void run(int from, int to) throws RocksDBException;
    }

    @Override
    public void stage(KeyArena keys, int[] order, long[] locations) {
        newlyStaged.putAll(keys, order, locations);
        long more = newlyStaged.byteSize() - newlyStagedBytes;
        newlyStagedBytes += more;
        if (memory.stage(more)) {
            return;
        }
        try {
            if (staged == null) {
                staged = database.createColumnFamily(new ColumnFamilyDescriptor(STAGED, entryOptions));
            }
            writeNewlyStaged(staged, true);
        } catch (RocksDBException e) {
            throw failed("write", folder, e);
        }
    }

    @Override
    public void discardStaged() {
        forgetNewlyStaged();
        dropStaged();
    }

    private void forgetNewlyStaged() {
        if (newlyStaged.isEmpty()) {
            return;
        }
        boolean unused = memory.stage(-newlyStagedBytes);
        newlyStagedBytes = 0;
        newlyStaged = new LocatedKeys();
    }

    private void dropStaged() {
        ColumnFamilyHandle handle = staged;
        if (handle == null) {
            return;
        }
        staged = null;
        try {
            database.dropColumnFamily(handle);
        } catch (RocksDBException e) {
            throw failed("write", folder, e);
        } finally {
            handle.close();
        }
    }

    @Override
    public void publish(
            KeyArena keys,
            int[] order,
            long[] locations,
            List<String> added,
            java.util.function.Predicate<String> isLive,
            IndexHeader newHeader) {
        try {
            reserveNumbers();
            publishStaged();
            write(entries, keys, order, locations, false);
            finish(added, isLive, newHeader);
        } catch (RocksDBException e) {
            throw failed("write", folder, e);
        }
    }

    /** Adds entries of rows that the table holds; {@link #publish} then completes them. */
    public void put(KeyArena keys, int[] order, long[] locations) {
        try {
            reserveNumbers();
            write(entries, keys, order, locations, false);
        } catch (RocksDBException e) {
            throw failed("write", folder, e);
        }
    }

    /** Empties the index and fills it with entries in key order. Nothing is in it before {@link #publish} completes it. */
    public void refill(SortedEntries sorted) {
        try {
            wipe();
            List<String> files = new SstFiles(folder, memory, databaseOptions, entryOptions).write(sorted);
            reserveNumbers();
            if (!files.isEmpty()) {
                try (IngestExternalFileOptions options = new IngestExternalFileOptions().setMoveFiles(true)) {
                    database.ingestExternalFile(entries, files, options);
                }
            }
        } catch (RocksDBException | IOException e) {
            throw failed("fill", folder, e);
        }
    }

    /** Begins entries for files that will be in the table, as many as this at most. Used before this index is closed. */
    public NewEntries newEntries(int filesMax) {
        int first = nextFile;
        nextFile += filesMax;
        return new NewEntries(this, folder, memory, first, filesMax);
    }

    /**
     * Takes sorted files over, and completes the index like {@link #publish}. Until all is on disk there is no header, so that a crash in between leaves
     * an index that is built anew: the files would be there, and what was in memory not.
     *
     * @param firstNumber number of the first file; those of the others follow
     * @param keys keys that the sorted files have, too, at locations that are not right any more
     */
    void adopt(
            List<String> sorted,
            int firstNumber,
            List<StoredFile> added,
            KeyArena keys,
            int[] order,
            long[] locations,
            java.util.function.Predicate<String> isLive,
            IndexHeader newHeader) {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true);
                IngestExternalFileOptions ingest = new IngestExternalFileOptions().setMoveFiles(true)) {
            reserveNumbers();
            header = null;
            database.delete(entries, withoutLog, HEADER);
            database.flush(flush, entries);
            database.ingestExternalFile(entries, sorted, ingest);
            write(entries, keys, order, locations, false);
            for (int i = 0; i < added.size(); i++) {
                numbers.put(added.get(i).path(), firstNumber + i);
                paths.put(firstNumber + i, added.get(i).path());
            }
            finish(added.stream().map(StoredFile::path).toList(), isLive, newHeader);
            database.flush(flush, entries);
        } catch (RocksDBException e) {
            throw failed("write", folder, e);
        }
    }

    @Override
    public void close() {
        try {
            discardStaged();
        } finally {
            closeDatabase();
            withoutLog.close();
            try {
                deleteIfAsked(folder, lock);
            } catch (IOException e) {
                LOG.warn("Left a key index that was to be deleted folder={} reason={}", folder, e.toString());
            }
            lock.close();
        }
    }

    /** Empties the database. File numbers go on, because those of the files just scanned are in the entries to come. */
    private void wipe() throws RocksDBException, IOException {
        closeDatabase();
        deleteFolder(folder);
        Files.createDirectories(folder);
        databaseOptions = memory.databaseOptions();
        entryOptions = memory.entryOptions();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        database = openDatabase(handles);
        entries = handles.get(0);
        header = null;
        covered.clear();
    }

    private RocksDB openDatabase(List<ColumnFamilyHandle> handles) throws RocksDBException {
        List<byte[]> names;
        try (Options options = new Options()) {
            names = RocksDB.listColumnFamilies(options, folder.toString());
        }
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, entryOptions));
        names.stream()
                .filter(name -> !Arrays.equals(name, RocksDB.DEFAULT_COLUMN_FAMILY))
                .forEach(name -> descriptors.add(new ColumnFamilyDescriptor(name, entryOptions)));
        return RocksDB.open(databaseOptions, folder.toString(), descriptors, handles);
    }

    private void dropLeftovers(List<ColumnFamilyHandle> handles) throws RocksDBException {
        for (ColumnFamilyHandle leftover : handles.subList(1, handles.size())) {
            database.dropColumnFamily(leftover);
            leftover.close();
        }
    }

    private void readHeader() throws RocksDBException {
        byte[] next = database.get(entries, NEXT_FILE);
        nextFile = next == null ? 0 : ByteBuffer.wrap(next).getInt();
        byte[] bytes = database.get(entries, HEADER);
        header = bytes == null ? null : IndexHeader.read(bytes).orElse(null);
        try (RocksIterator files = database.newIterator(entries)) {
            for (files.seek(FILE_PREFIX); files.isValid() && isFileKey(files.key()); files.next()) {
                int number = ByteBuffer.wrap(files.key(), FILE_PREFIX.length, Integer.BYTES)
                        .getInt();
                String path = new String(files.value(), StandardCharsets.UTF_8);
                numbers.put(path, number);
                paths.put(number, path);
                covered.add(path);
            }
            files.status();
        }
    }

    private void lookup(KeyArena keys, int[] order, long[] locations, boolean useEntries) throws RocksDBException {
        ColumnFamilyHandle stagedEntries = staged;
        List<Integer> open = new ArrayList<>(order.length);
        for (int key : order) {
            int number = newlyStaged.find(keys, key);
            if (number < 0) {
                locations[key] = RowLocation.NONE;
                open.add(key);
            } else {
                locations[key] = newlyStaged.locations()[number];
            }
        }
        if (stagedEntries != null && !open.isEmpty()) {
            List<Integer> asked = open;
            List<byte[]> found = get(stagedEntries, keys, asked);
            open = new ArrayList<>(asked.size());
            for (int i = 0; i < found.size(); i++) {
                byte[] value = found.get(i);
                if (value == null) {
                    open.add(asked.get(i));
                } else {
                    locations[asked.get(i)] = EntryValue.read(value);
                }
            }
        }
        if (useEntries && !open.isEmpty()) {
            List<byte[]> found = get(null, keys, open);
            for (int i = 0; i < found.size(); i++) {
                byte[] value = found.get(i);
                if (value != null) {
                    locations[open.get(i)] = EntryValue.read(value);
                }
            }
        }
    }

    private List<byte[]> get(@Nullable ColumnFamilyHandle family, KeyArena keys, List<Integer> wanted)
            throws RocksDBException {
        List<byte[]> bytes = new ArrayList<>(wanted.size());
        wanted.forEach(key -> bytes.add(keys.bytes(key)));
        // The entries are in the default column family, for which there is a shorter way.
        return family == null
                ? database.multiGetAsList(bytes)
                : database.multiGetAsList(Collections.nCopies(bytes.size(), family), bytes);
    }

    /** Each key comes once, so that the order of its portions does not matter. */
    private void write(ColumnFamilyHandle family, KeyArena keys, int[] order, long[] locations, boolean keepGone) {
        int familyId = family.getID();
        inPortions(order.length, BATCH_ENTRIES, "write", (from, to) -> {
            EntryBatch batch = new EntryBatch(familyId);
            for (int i = from; i < to; i++) {
                int key = order[i];
                if (locations[key] != RowLocation.NONE || keepGone) {
                    batch.put(keys, key, locations[key]);
                } else {
                    batch.delete(keys, key);
                }
            }
            try (WriteBatch written = new WriteBatch(batch.bytes())) {
                database.write(withoutLog, written);
            }
        });
    }

    /** @param keepGone whether keys that are gone get an entry that says so */
    private void writeNewlyStaged(ColumnFamilyHandle family, boolean keepGone) {
        write(family, newlyStaged.keys(), KeySort.order(newlyStaged.keys()), newlyStaged.locations(), keepGone);
        forgetNewlyStaged();
    }

    private void publishStaged() throws RocksDBException {
        publishStagedBefore();
        if (!newlyStaged.isEmpty()) {
            writeNewlyStaged(entries, false);
        }
    }

    private void publishStagedBefore() throws RocksDBException {
        if (staged == null) {
            return;
        }
        try (RocksIterator all = database.newIterator(staged);
                WriteBatch batch = new WriteBatch()) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                if (EntryValue.read(all.value()) == RowLocation.NONE) {
                    batch.delete(entries, all.key());
                } else {
                    batch.put(entries, all.key(), all.value());
                }
                if (batch.count() == BATCH_ENTRIES) {
                    database.write(withoutLog, batch);
                    batch.clear();
                }
            }
            all.status();
            database.write(withoutLog, batch);
        }
        dropStaged();
    }

    private void reserveNumbers() throws RocksDBException {
        database.put(
                entries,
                withoutLog,
                NEXT_FILE,
                ByteBuffer.allocate(Integer.BYTES).putInt(nextFile).array());
    }

    private void finish(List<String> added, java.util.function.Predicate<String> isLive, IndexHeader newHeader)
            throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            for (String path : added) {
                batch.put(entries, fileKey(number(path)), path.getBytes(StandardCharsets.UTF_8));
                covered.add(path);
            }
            List<String> gone =
                    numbers.keySet().stream().filter(path -> !isLive.test(path)).toList();
            for (String path : gone) {
                int number = Objects.requireNonNull(numbers.remove(path));
                paths.remove(number);
                covered.remove(path);
                batch.delete(entries, fileKey(number));
            }
            batch.put(
                    entries,
                    NEXT_FILE,
                    ByteBuffer.allocate(Integer.BYTES).putInt(nextFile).array());
            batch.put(entries, HEADER, newHeader.write());
            database.write(withoutLog, batch);
        }
        header = newHeader;
    }

    private void closeDatabase() {
        if (staged != null) {
            staged.close();
            staged = null;
        }
        entries.close();
        // Closing flushes what is in memory, as there is no log.
        database.close();
        databaseOptions.close();
        entryOptions.close();
    }

    private static byte[] fileKey(int number) {
        return ByteBuffer.allocate(FILE_PREFIX.length + Integer.BYTES)
                .put(FILE_PREFIX)
                .putInt(number)
                .array();
    }

    private static boolean isFileKey(byte[] key) {
        return key.length == FILE_PREFIX.length + Integer.BYTES && key[0] == FILE_PREFIX[0] && key[1] == FILE_PREFIX[1];
    }

    /** What a process that died was about to take over. */
    private static void deleteUnfinished(Path folder) throws IOException {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, NewEntries.FOLDER + "*")) {
            for (Path one : unfinished) {
                deleteFolder(one);
            }
        }
    }

    static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static TidemarkException failed(String verb, Path folder, Exception cause) {
        return TidemarkException.ofStorage("Cannot " + verb + " the key index", " (folder=" + folder + ")", cause);
    }
}
