package io.tidemark.engine.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies on local disk of files of a lake in object storage, which are never changed once they are written. Those that were used last are kept for
 * the next query, of any process. What a query uses is linked into a folder of its own, so that nobody takes it away meanwhile; close ends that.
 * Thread-safe.
 */
final class LocalCopies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCopies.class);
    private static final String USED = "used-";
    private static final int READERS = 8;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final AtomicLong OPENED = new AtomicLong();

    private final ObjectStore storage;
    private final Path kept;
    private final Path used;
    private final long bytesMax;
    private final Clock clock;

    /**
     * @param folder holds the copies
     * @param bytesMax how much one request may ask for, and how much is kept
     */
    LocalCopies(ObjectStore storage, Path folder, long bytesMax, Clock clock) {
        this.storage = storage;
        this.bytesMax = bytesMax;
        this.clock = clock;
        this.kept = folder.resolve("kept");
        removeLeftovers(folder);
        this.used = folder.resolve(USED + ProcessHandle.current().pid() + "-" + OPENED.incrementAndGet());
        try {
            Files.createDirectories(kept);
            Files.createDirectories(used);
        } catch (IOException e) {
            throw failed("make the folder of local copies", e);
        }
    }

    /**
     * Paths of local copies, in the order of the files.
     *
     * @param bytes size that each file has
     * @throws TidemarkException {@code LIMIT_EXCEEDED} when all are larger than the limit, {@code LAKE_FILE_CORRUPT} when one is missing or has
     *     another size, {@code LAKE_IO}
     */
    List<String> of(List<String> locations, List<Long> bytes) {
        long all = bytes.stream().mapToLong(Long::longValue).sum();
        if (all > bytesMax) {
            throw new TidemarkException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Cannot read the lake with local SQL: what is asked for has to be copied from object storage, and is larger than"
                            + " limits.query-disk (bytes=" + all + ", limit=" + bytesMax + ")",
                    "Raise limits.query-disk, or attach an engine that reads object storage (Trino, Spark, DuckDB) to the lake.",
                    null);
        }
        ExecutorService readers = Executors.newFixedThreadPool(
                Math.max(1, Math.min(READERS, locations.size())), task -> new Thread(task, "local-copy"));
        try {
            List<Future<String>> copies = new ArrayList<>();
            for (int i = 0; i < locations.size(); i++) {
                String location = locations.get(i);
                long size = bytes.get(i);
                copies.add(readers.submit(() -> of(location, size)));
            }
            List<String> paths = new ArrayList<>();
            for (Future<String> copy : copies) {
                paths.add(copy.get());
            }
            return paths;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TidemarkException known) {
                throw known;
            }
            throw new IllegalStateException("Cannot copy a file: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TidemarkException(ErrorCode.TIMEOUT, "Cannot go on copying files of the lake: interrupted", e);
        } finally {
            readers.shutdownNow();
            trim();
        }
    }

    private String of(String location, long bytes) {
        String name = name(location);
        Path target = used.resolve(name);
        Path copy = kept.resolve(name);
        try {
            if (Files.exists(target) || linked(target, copy)) {
                return target.toString();
            }
            Path part = Files.createTempFile(used, name, ".part");
            copy(location, bytes, part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            if (!linked(copy, target)) {
                LOG.debug("a copy is not kept file={}", location);
            }
            return target.toString();
        } catch (IOException e) {
            throw failed("copy a file of the lake to local disk", e);
        }
    }

    /** Whether the link is there; the file that it could be made from may have gone, and not every file system has links. */
    private boolean linked(Path link, Path file) throws IOException {
        try {
            Files.createLink(link, file);
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return true;
        } catch (FileAlreadyExistsException e) {
            return true;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void copy(String location, long bytes, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to)) {
            try (ObjectStore.ObjectInput in = storage.open(path(location))) {
                if (in.length() != bytes) {
                    throw new TidemarkException(
                            ErrorCode.LAKE_FILE_CORRUPT,
                            "Cannot read the lake: a data file has the wrong size (expected=" + bytes + ", found="
                                    + in.length() + ", file=" + location + ")");
                }
                byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER_BYTES, bytes))];
                for (long at = 0; at < bytes; at += buffer.length) {
                    int length = (int) Math.min(buffer.length, bytes - at);
                    read(in, at, buffer, length, location);
                    out.write(buffer, 0, length);
                }
            } catch (NoSuchFileException e) {
                throw unreadable(location, e);
            }
        }
    }

    private static void read(ObjectStore.ObjectInput in, long at, byte[] buffer, int length, String location) {
        try {
            in.readFully(at, buffer, 0, length);
        } catch (IOException e) {
            throw unreadable(location, e);
        }
    }

    /** Deletes copies, oldest use first, until what is kept is within the limit. */
    private synchronized void trim() {
        try (Stream<Path> found = Files.list(kept)) {
            List<Path> oldestFirst = new ArrayList<>(found.toList());
            oldestFirst.sort(Comparator.comparingLong(path -> path.toFile().lastModified()));
            long left = oldestFirst.stream()
                    .mapToLong(path -> path.toFile().length())
                    .sum();
            for (Path path : oldestFirst) {
                if (left <= bytesMax) {
                    return;
                }
                left -= path.toFile().length();
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.warn("copies of files were left in place: folder={}, reason={}", kept, e.toString());
        }
    }

    private String path(String location) {
        String root = storage.root() + "/";
        if (!location.startsWith(root)) {
            throw new TidemarkException(
                    ErrorCode.QUERY_FAILED,
                    "Cannot read the file: it is not in the lake's location (file=" + location + ", location="
                            + storage.root() + ")",
                    "Attach an engine that reads object storage (Trino, Spark, DuckDB) to the lake's catalog.",
                    null);
        }
        return location.substring(root.length());
    }

    private static String name(String location) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(location.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash) + ".parquet";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TidemarkException unreadable(String location, IOException e) {
        boolean isMissing = e instanceof NoSuchFileException;
        return TidemarkException.because(
                isMissing ? ErrorCode.LAKE_FILE_CORRUPT : ErrorCode.LAKE_IO,
                "Cannot read the lake: "
                        + (isMissing ? "a data file is missing" : "a data file cannot be read: " + e.getMessage())
                        + " (file=" + location + ")",
                e);
    }

    private static TidemarkException failed(String what, IOException e) {
        return new TidemarkException(
                MachineLimits.reached(e).orElse(ErrorCode.LAKE_IO),
                "Cannot " + what + ": " + e.getMessage(),
                "Give the folder 'state' space, or a smaller limits.query-disk.",
                e);
    }

    @Override
    public void close() {
        try {
            removeTree(used);
        } catch (IOException e) {
            LOG.warn("copies of files were left in place: folder={}, reason={}", used, e.toString());
        }
    }

    /** Removes what killed processes left; folders of live ones stay. */
    private static void removeLeftovers(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, USED + "*")) {
            for (Path left : folders) {
                String pid =
                        left.getFileName().toString().substring(USED.length()).replaceFirst("-.*", "");
                if (pid.matches("\\d{1,18}")
                        && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    removeTree(left);
                }
            }
        } catch (IOException e) {
            LOG.warn("copies of an earlier process were left in place: folder={}, reason={}", folder, e.toString());
        }
    }

    private static void removeTree(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
