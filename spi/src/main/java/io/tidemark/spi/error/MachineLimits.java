package io.tidemark.spi.error;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells failures apart that come from a limit of the machine. Java has no exception for a full disk or for too many open files, only the operating
 * system's words for the error number. They are compared with the words that the system has for it in the language of this process.
 */
public final class MachineLimits {
    private static final int CAUSES_MAX = 20;

    /** So few files that can still be opened are none: others take and give them back at the same time. */
    private static final int FREE_FILES_MIN = 3;

    /** No message of any system. */
    private static final String UNKNOWN = "ENOSPC";

    private static final List<String> DISK_FULL =
            List.of("No space left on device", "Disk quota exceeded", "File too large", wordsForFullDisk());
    private static final List<String> TOO_MANY_FILES = List.of("Too many open files");

    private MachineLimits() {}

    /**
     * Loads what telling a failure takes, while files can be opened: a class that could not be loaded once is never loaded by Java again. To be called
     * when a process starts that is to outlive such times.
     */
    public static void prepare() {
        reached(TidemarkException.ofStorage(
                "Cannot", new StorageException(ErrorCode.STORAGE_UNAVAILABLE, "prepared", new IOException())));
    }

    /** The limit that led to a failure: {@code DISK_FULL} or {@code OPEN_FILES_EXHAUSTED}; empty when it had another reason. */
    public static Optional<ErrorCode> reached(Throwable failure) {
        Throwable at = failure;
        for (int i = 0; i < CAUSES_MAX && at != null; i++) {
            if (isSaid(at, DISK_FULL)) {
                return Optional.of(ErrorCode.DISK_FULL);
            } else if (isSaid(at, TOO_MANY_FILES)) {
                return Optional.of(ErrorCode.OPEN_FILES_EXHAUSTED);
            }
            at = at.getCause();
        }
        return hasFreeFiles() ? Optional.empty() : Optional.of(ErrorCode.OPEN_FILES_EXHAUSTED);
    }

    private static boolean isSaid(Throwable failure, List<String> words) {
        String said = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return said != null && words.stream().anyMatch(said::contains);
    }

    /** Whether this process may open another file. Counting them takes one. */
    private static boolean hasFreeFiles() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            try {
                return system.getOpenFileDescriptorCount() + FREE_FILES_MIN <= system.getMaxFileDescriptorCount();
            } catch (InternalError e) {
                return false;
            }
        }
        return true;
    }

    /** Linux has a device that is always full. It is asked once. */
    private static String wordsForFullDisk() {
        Path full = Path.of("/dev/full");
        if (Files.isWritable(full)) {
            try (OutputStream out = Files.newOutputStream(full)) {
                return wordsOfWriting(out);
            } catch (IOException e) {
                return UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    private static String wordsOfWriting(OutputStream out) {
        try {
            out.write(0);
            return UNKNOWN;
        } catch (IOException e) {
            return Objects.requireNonNullElse(e.getMessage(), UNKNOWN);
        }
    }
}
