package io.tidemark.lake.hudi.apply;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * Rows by name: in memory up to a limit, beyond it in a RocksDB on local disk, which goes when this is closed. Hudi's own spillable maps keep every
 * key in memory. Not thread-safe.
 */
final class RowSpill<V> implements AutoCloseable {
    private final File folder;
    private final long memoryBytes;
    private final Codec<V> codec;
    private final Map<String, V> memory = new HashMap<>();
    private long bytes;
    private @Nullable Disk disk;

    /**
     * @param folder folder in which a database may be made
     * @param memoryBytes limit of the memory
     */
    RowSpill(File folder, long memoryBytes, Codec<V> codec) {
        this.folder = folder;
        this.memoryBytes = memoryBytes;
        this.codec = codec;
    }

    boolean isEmpty() {
        return memory.isEmpty() && disk == null;
    }

    @Nullable
    V find(String name) {
        V found = memory.get(name);
        if (found == null && disk != null) {
            byte[] value = disk.find(bytes(name));
            found = value == null ? null : codec.decode(value);
        }
        return found;
    }

    void put(String name, V row) {
        V known = memory.remove(name);
        if (known != null) {
            bytes -= codec.byteSize(known);
        }
        if (bytes + codec.byteSize(row) <= memoryBytes && (known != null || disk == null)) {
            memory.put(name, row);
            bytes += codec.byteSize(row);
        } else {
            disk().put(bytes(name), codec.encode(row));
        }
    }

    /** Visits all rows; none may be put meanwhile. */
    void forEach(Consumer<V> visitor) {
        memory.values().forEach(visitor);
        if (disk != null) {
            disk.forEach(value -> visitor.accept(codec.decode(value)));
        }
    }

    /** Whether a row is as asked; none may be put meanwhile. */
    boolean anyMatch(Predicate<V> test) {
        return memory.values().stream().anyMatch(test)
                || (disk != null && disk.anyMatch(value -> test.test(codec.decode(value))));
    }

    void clear() {
        memory.clear();
        bytes = 0;
        if (disk != null) {
            disk.close();
            disk = null;
        }
    }

    @Override
    public void close() {
        clear();
    }

    private Disk disk() {
        Disk open = disk;
        if (open == null) {
            open = new Disk(folder);
            disk = open;
        }
        return open;
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static TidemarkException failed(Exception cause) {
        return new TidemarkException(
                ErrorCode.DISK_FULL, "Cannot keep changed rows on local disk: " + cause.getMessage(), cause);
    }

    /** How rows are kept. */
    interface Codec<V> {
        byte[] encode(V row);

        V decode(byte[] bytes);

        /** About the bytes that a row takes in memory. */
        long byteSize(V row);
    }

    private static final class Disk implements AutoCloseable {
        private final Path path;
        private final Options options;
        private final WriteOptions unlogged;
        private final RocksDB database;

        Disk(File folder) {
            RocksDB.loadLibrary();
            this.options = new Options().setCreateIfMissing(true);
            // What a crash leaves is of no use.
            this.unlogged = new WriteOptions().setDisableWAL(true);
            try {
                Files.createDirectories(folder.toPath());
                this.path = Files.createTempDirectory(folder.toPath(), "rows-");
                this.database = RocksDB.open(options, path.toString());
            } catch (IOException | RocksDBException e) {
                throw failed(e);
            }
        }

        byte @Nullable [] find(byte[] key) {
            try {
                return database.get(key);
            } catch (RocksDBException e) {
                throw failed(e);
            }
        }

        void put(byte[] key, byte[] value) {
            try {
                database.put(unlogged, key, value);
            } catch (RocksDBException e) {
                throw failed(e);
            }
        }

        void forEach(Consumer<byte[]> visitor) {
            anyMatch(value -> {
                visitor.accept(value);
                return false;
            });
        }

        boolean anyMatch(Predicate<byte[]> test) {
            try (RocksIterator rows = database.newIterator()) {
                for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                    if (test.test(rows.value())) {
                        return true;
                    }
                }
                rows.status();
                return false;
            } catch (RocksDBException e) {
                throw failed(e);
            }
        }

        @Override
        public void close() {
            database.close();
            unlogged.close();
            options.close();
            try (Stream<Path> tree = Files.walk(path)) {
                for (Path file : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
