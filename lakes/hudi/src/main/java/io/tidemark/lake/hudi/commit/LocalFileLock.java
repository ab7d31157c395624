package io.tidemark.lake.hudi.commit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hudi.common.config.LockConfiguration;
import org.apache.hudi.common.lock.LockProvider;
import org.apache.hudi.exception.HoodieLockException;
import org.apache.hudi.storage.StorageConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Hudi's transaction lock as a lock of the operating system on a file of the table: for tables on local disk. The system frees it when its process
 * dies, so that there is no expiry after which a slow holder and a new one could both think that they hold it.
 */
public final class LocalFileLock implements LockProvider<Path> {
    private static final String FILE = ".hoodie/tidemark.lock";
    private static final long POLL_MILLIS = 10;

    /** One permit for each table: the system's locks are a process's, not a thread's. */
    private static final Map<Path, Semaphore> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path file;
    private @Nullable FileChannel channel;

    /** Called by Hudi. */
    public LocalFileLock(LockConfiguration configuration, StorageConfiguration<?> storage) {
        this.file =
                Path.of(configuration.getConfig().getString("hoodie.base.path")).resolve(FILE);
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
        long deadline = System.nanoTime() + unit.toNanos(time);
        try {
            if (!permit().tryAcquire(time, unit)) {
                return false;
            }
            boolean isHeld = false;
            try {
                isHeld = lockFile(deadline);
            } finally {
                if (!isHeld) {
                    permit().release();
                }
            }
            return isHeld;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HoodieLockException("Interrupted while waiting for " + file, e);
        } catch (IOException e) {
            throw new HoodieLockException("Cannot lock " + file, e);
        }
    }

    @Override
    public void unlock() {
        FileChannel held = channel;
        if (held == null) {
            return;
        }
        channel = null;
        try {
            // Ends the lock too.
            held.close();
        } catch (IOException e) {
            throw new HoodieLockException("Cannot unlock " + file, e);
        } finally {
            permit().release();
        }
    }

    @Override
    public void close() {
        unlock();
    }

    private boolean lockFile(long deadline) throws IOException, InterruptedException {
        Files.createDirectories(file.getParent());
        FileChannel opened = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = opened.tryLock();
            while (lock == null && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                lock = opened.tryLock();
            }
            if (lock != null) {
                channel = opened;
            }
        } finally {
            if (channel == null) {
                opened.close();
            }
        }
        return channel != null;
    }

    private Semaphore permit() {
        return IN_PROCESS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new Semaphore(1));
    }
}
