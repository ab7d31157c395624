package io.tidemark.lake.upsert;

import io.tidemark.lake.upsert.index.IndexMemory;
import io.tidemark.lake.upsert.index.KeyIndex;
import io.tidemark.lake.upsert.table.TableFolders;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The key indexes of a lake's mirrors, on local disk. Thread-safe. */
public final class KeyIndexes implements AutoCloseable {
    private final Path state;
    private @Nullable IndexMemory memory;

    /**
     * @param state folder of what the process keeps beside the lake
     */
    public KeyIndexes(Path state) {
        this.state = state;
    }

    /** Opens the index of a table; it is the caller's to close. */
    public KeyIndex open(TableId table) {
        return KeyIndex.open(folder(table), memory());
    }

    /** Deletes the index of a table; none is no error, and one that somebody has open goes when it is closed. */
    public void delete(TableId table) {
        if (Files.isDirectory(folder(table))) {
            KeyIndex.delete(folder(table));
        }
    }

    @Override
    public synchronized void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }

    private Path folder(TableId table) {
        return state.resolve("index").resolve(TableFolders.of(table));
    }

    /** Made when the first index is opened: who only reads needs no native library. */
    private synchronized IndexMemory memory() {
        if (memory == null) {
            memory = new IndexMemory();
        }
        return memory;
    }
}
