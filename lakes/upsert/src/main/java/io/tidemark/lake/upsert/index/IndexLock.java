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

/**
 * Holds an index folder for this process; the operating system gives it back when the process ends, however it ends. A file beside it asks whoever
 * holds it to delete the index when it lets go.
 */
final class IndexLock implements AutoCloseable {
    private final FileChannel channel;
    private final Path folder;

    private IndexLock(FileChannel channel, Path folder) {
        this.channel = channel;
        this.folder = folder;
    }

    static IndexLock acquire(Path folder) {
        Path file = folder.resolveSibling(folder.getFileName() + ".lock");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return new IndexLock(channel, folder);
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

    /** Asks the holder, and otherwise the next one. */
    static void askDeletion(Path folder) throws IOException {
        Files.write(request(folder), new byte[0]);
    }

    boolean isDeletionAsked() {
        return Files.exists(request(folder));
    }

    /** The folder is deleted. */
    void deletionDone() throws IOException {
        Files.deleteIfExists(request(folder));
    }

    private static Path request(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".delete");
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
