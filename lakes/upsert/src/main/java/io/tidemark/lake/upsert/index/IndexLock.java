package io.tidemark.lake.upsert.index;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds an index folder for this process; the operating system gives it back when the process ends, however it ends. */
final class IndexLock implements AutoCloseable {
    private final FileChannel channel;

    private IndexLock(FileChannel channel) {
        this.channel = channel;
    }

    static IndexLock acquire(Path folder) {
        Path file = folder.resolveSibling(folder.getFileName() + ".lock");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return new IndexLock(channel);
                }
            } catch (OverlappingFileLockException e) {
                // Held by this very process.
            }
            channel.close();
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot open the key index", " (folder=" + folder + ")", e);
        }
        throw new TidemarkException(
                ErrorCode.LAKE_INDEX_IN_USE,
                "Cannot open the key index: another worker holds it (folder=" + folder + ")");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
