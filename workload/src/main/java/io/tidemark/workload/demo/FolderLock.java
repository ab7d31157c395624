package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One database at a time uses a folder; the lock ends with {@link #close()} or the process. */
final class FolderLock implements AutoCloseable {
    static final String FILE = "lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes a folder, which is made when it is missing.
     *
     * @throws TidemarkException DEMO_DATABASE when it is in use or cannot be written
     */
    static FolderLock take(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return new FolderLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // This process holds it: the same error as for another process.
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot start the demo database: its folder cannot be written: " + e + " (folder=" + folder + ")",
                    "Choose another folder with --dir.",
                    e);
        }
        closeQuietly(channel);
        throw new TidemarkException(
                ErrorCode.DEMO_DATABASE,
                "Cannot start the demo database: its folder is in use by another one (folder=" + folder + ")",
                "Stop the other demo, or choose another folder with --dir.",
                null);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot close a lock file", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
