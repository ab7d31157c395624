package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions: each is a database of its own in memory (about 10 ms), because what a database may read is fixed before its query runs and
 * differs from query to query. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final String FOLDER_PREFIX = "duckdb-";

    private final Path spill;
    private final MemoryBudget memory;
    private final AtomicLong opened = new AtomicLong();
    private volatile boolean closed;

    Sessions(Path scratch, long memoryBytes) {
        removeLeftovers(scratch);
        this.spill = scratch.toAbsolutePath()
                .resolve(FOLDER_PREFIX + ProcessHandle.current().pid());
        this.memory = new MemoryBudget(memoryBytes);
    }

    DuckDbSession open() {
        return open(0, Runtime.getRuntime().availableProcessors());
    }

    /** A session with one thread, which has so much memory beside its share of the budget. */
    DuckDbSession openForLargeValues(long moreBytes) {
        return open(moreBytes, 1);
    }

    private DuckDbSession open(long moreBytes, int threads) {
        if (closed) {
            throw new TidemarkException(ErrorCode.INTERNAL, "Cannot open a query session: the query engine is closed");
        }
        long share = memory.take();
        boolean done = false;
        try {
            // DuckDB names its spill files alike in every database, so each needs its own folder.
            Path folder = spill.resolve(Long.toString(opened.incrementAndGet()));
            DuckDbSession session =
                    DuckDbSession.open(folder, share + moreBytes, threads, () -> memory.giveBack(share));
            done = true;
            return session;
        } finally {
            if (!done) {
                memory.giveBack(share);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Removes what killed processes left; folders of live ones stay. */
    private static void removeLeftovers(Path scratch) {
        if (!Files.isDirectory(scratch)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(scratch, FOLDER_PREFIX + "*")) {
            for (Path folder : folders) {
                String pid = folder.getFileName().toString().substring(FOLDER_PREFIX.length());
                if (pid.matches("\\d{1,18}")
                        && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    removeTree(folder);
                }
            }
        } catch (IOException e) {
            LOG.warn("Left spill files of an earlier process in place: folder={}, reason={}", scratch, e.toString());
        }
    }

    private static void removeTree(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> found = Files.walk(folder)) {
            deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
