package io.tidemark.source.postgres.stream;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.TidemarkException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps transactions in progress in one file each, so that memory does not depend on their size. A file holds, for each message, its length, the
 * subtransaction, and the message as received. Only the file of the current block is open. Nothing here survives a restart: the server then sends
 * again what has not committed.
 */
final class SpilledTransactions implements InProgressTransactions, AutoCloseable {
    private static final String SUFFIX = ".in-progress";
    private static final int WRITE_BUFFER_BYTES = 1 << 16;
    private static final int READ_BUFFER_BYTES = 1 << 18;
    private static final int KEPT_MESSAGE_BYTES_MAX = 1 << 20;

    private final Path folder;
    private final Map<Integer, Spill> spills = new HashMap<>();
    private @Nullable DataOutputStream current;

    /** A transaction's file and which of its subtransactions rolled back. */
    private record Spill(Path file, Set<Integer> aborted) {}

    /** Uses the folder, making it if needed, and deletes what an earlier stream left in it. */
    SpilledTransactions(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            deleteFiles();
        } catch (IOException e) {
            throw failed("prepare folder for transactions in progress", folder, e);
        }
    }

    @Override
    public void startBlock(int xid) {
        Spill spill = spills.computeIfAbsent(
                xid, id -> new Spill(folder.resolve(Integer.toUnsignedString(id) + SUFFIX), new HashSet<>()));
        try {
            current = new DataOutputStream(new BufferedOutputStream(
                    Files.newOutputStream(spill.file(), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    WRITE_BUFFER_BYTES));
        } catch (IOException e) {
            throw failed("open file of a transaction in progress", spill.file(), e);
        }
    }

    @Override
    public void keep(int subXid, byte[] buffer, int offset, int length) {
        DataOutputStream out = java.util.Objects.requireNonNull(current, "no block was started");
        try {
            out.writeInt(length);
            out.writeInt(subXid);
            out.write(buffer, offset, length);
        } catch (IOException e) {
            throw failed("write transaction in progress", folder, e);
        }
    }

    @Override
    public void endBlock() {
        DataOutputStream out = java.util.Objects.requireNonNull(current, "no block was started");
        current = null;
        try {
            out.close();
        } catch (IOException e) {
            throw failed("write transaction in progress", folder, e);
        }
    }

    @Override
    public void abort(int xid, int subXid) {
        Spill spill = spills.get(xid);
        if (spill == null) {
            return;
        }
        if (xid == subXid) {
            forget(xid, spill);
        } else {
            spill.aborted().add(subXid);
        }
    }

    @Override
    public boolean isKnown(int xid) {
        return spills.containsKey(xid);
    }

    @Override
    public void replay(int xid, MessageConsumer consumer) {
        Spill spill = spills.get(xid);
        if (spill == null) {
            throw new IllegalArgumentException(
                    "Cannot replay transaction: it is not known (xid=" + Integer.toUnsignedString(xid) + ")");
        }
        try (InputStream file = Files.newInputStream(spill.file());
                DataInputStream stream = new DataInputStream(new BufferedInputStream(file, READ_BUFFER_BYTES))) {
            long left = Files.size(spill.file());
            byte[] message = new byte[1024];
            while (left > 0) {
                int length = stream.readInt();
                int subXid = stream.readInt();
                left -= 8L + length;
                if (spill.aborted().contains(subXid)) {
                    stream.skipNBytes(length);
                    continue;
                }
                if (length > message.length || message.length > KEPT_MESSAGE_BYTES_MAX) {
                    message = new byte[Math.max(1024, length)];
                }
                stream.readFully(message, 0, length);
                consumer.accept(message, 0, length);
            }
        } catch (IOException e) {
            throw failed("read transaction in progress", spill.file(), e);
        }
        forget(xid, spill);
    }

    /** Forgets all transactions: where the messages come from now begins each of them anew. */
    void clear() {
        try {
            if (current != null) {
                current.close();
                current = null;
            }
            deleteFiles();
        } catch (IOException e) {
            throw failed("delete transactions in progress", folder, e);
        }
        spills.clear();
    }

    boolean isEmpty() {
        return spills.isEmpty();
    }

    @Override
    public void close() {
        clear();
    }

    private void forget(int xid, Spill spill) {
        spills.remove(xid);
        try {
            Files.deleteIfExists(spill.file());
        } catch (IOException e) {
            throw failed("delete transaction in progress", spill.file(), e);
        }
    }

    private void deleteFiles() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private static TidemarkException failed(String attempt, Path path, IOException e) {
        boolean isOutOfFiles = MachineLimits.reached(e).orElse(ErrorCode.DISK_FULL) == ErrorCode.OPEN_FILES_EXHAUSTED;
        return new TidemarkException(
                isOutOfFiles ? ErrorCode.OPEN_FILES_EXHAUSTED : ErrorCode.DISK_FULL,
                "Cannot " + attempt + ": the disk did not take or give it: " + e.getMessage() + " (path=" + path + ")",
                isOutOfFiles
                        ? ErrorCode.OPEN_FILES_EXHAUSTED.remedy()
                        : "Free space on the disk of the scratch folder, and check that this user may write there.",
                e);
    }
}
