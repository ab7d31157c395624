package io.tidemark.slices;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a file of a slice, in the format that its name ends with, and checks that it is what the manifest says: size, checksum, columns, rows by operation, positions. */
final class SliceFileReader {
    private static final int BATCH_ROWS = 4096;

    /** Files up to this size are read once, into memory; larger ones are read for their checksum first. */
    private static final long MEMORY_BYTES_MAX = 16 << 20;

    private final SliceFile file;
    private final long[] counts = new long[128];
    private long rows;
    private long first;
    private long last;

    private SliceFileReader(SliceFile file) {
        this.file = file;
    }

    static void read(ObjectStore storage, SliceFile file, Consumer<ChangeBatch> consumer) {
        SliceFileReader reader = new SliceFileReader(file);
        try (ObjectInput stored = openChecked(storage, file)) {
            reader.readAll(new FailureNotingInput(stored), consumer);
        } catch (IOException e) {
            throw StorageErrors.of("Cannot read slice file", e);
        }
    }

    /** Opens the file after its size and checksum were found right. */
    private static ObjectInput openChecked(ObjectStore storage, SliceFile file) throws IOException {
        ObjectInput in;
        try {
            in = storage.open(file.path());
        } catch (NoSuchFileException e) {
            throw StorageErrors.corrupt(file.path(), "the file is missing", e);
        }
        try {
            if (in.length() != file.bytes()) {
                throw StorageErrors.corrupt(
                        file.path(),
                        "the file's size differs (expected=" + file.bytes() + ", found=" + in.length() + ")");
            }
            ObjectInput checked = in;
            String checksum;
            if (file.bytes() <= MEMORY_BYTES_MAX) {
                byte[] bytes = in.readAll();
                in.close();
                checked = new BytesInput(bytes);
                checksum = Sha256.of(bytes);
            } else {
                checksum = Sha256.of(in);
            }
            if (!checksum.equals(file.sha256())) {
                throw StorageErrors.corrupt(
                        file.path(),
                        "the file's checksum differs (expected=" + file.sha256() + ", found=" + checksum + ")");
            }
            return checked;
        } catch (EOFException e) {
            in.close();
            throw StorageErrors.corrupt(file.path(), "the file ends early", e);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private void readAll(FailureNotingInput in, Consumer<ChangeBatch> consumer) throws IOException {
        try (RowDecoder decoder = open(in)) {
            if (file.rows() > BATCH_ROWS && file.bytes() <= MEMORY_BYTES_MAX) {
                readAhead(decoder, in, consumer);
            } else {
                ChangeBatch batch = newBatch();
                while (readBatch(decoder, in, batch)) {
                    consumer.accept(batch);
                }
            }
        }
        require(rows == file.rows(), "the number of rows", file.rows(), rows);
        require(
                counts[Operation.INSERT.code()] == file.inserts(),
                "the number of inserts",
                file.inserts(),
                counts[Operation.INSERT.code()]);
        require(
                counts[Operation.UPDATE.code()] == file.updates(),
                "the number of updates",
                file.updates(),
                counts[Operation.UPDATE.code()]);
        require(
                counts[Operation.DELETE.code()] == file.deletes(),
                "the number of deletes",
                file.deletes(),
                counts[Operation.DELETE.code()]);
        require(
                counts[Operation.TRUNCATE.code()] == file.truncates(),
                "the number of truncates",
                file.truncates(),
                counts[Operation.TRUNCATE.code()]);
        require(
                first == file.first().value(),
                "the first position",
                file.first().value(),
                first);
        require(last == file.last().value(), "the last position", file.last().value(), last);
    }

    /** Decodes each batch while the one before it is consumed. */
    private void readAhead(RowDecoder decoder, FailureNotingInput in, Consumer<ChangeBatch> consumer)
            throws IOException {
        ChangeBatch batch = newBatch();
        ChangeBatch spare = newBatch();
        boolean hasRows = readBatch(decoder, in, batch);
        while (hasRows) {
            ChangeBatch next = spare;
            CompletableFuture<Boolean> reading = CompletableFuture.supplyAsync(() -> {
                try {
                    return readBatch(decoder, in, next);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try {
                consumer.accept(batch);
            } catch (RuntimeException | Error e) {
                // The decoder is not closed under who reads; what it came to does not matter any more.
                reading.exceptionally(failure -> false).join();
                throw e;
            }
            hasRows = result(reading);
            spare = batch;
            batch = next;
        }
    }

    private static boolean result(CompletableFuture<Boolean> reading) throws IOException {
        try {
            return reading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw failure.getCause();
            } else if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            } else if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }

    private ChangeBatch newBatch() {
        return new ChangeBatch(file.schema(), BATCH_ROWS);
    }

    private RowDecoder open(FailureNotingInput in) throws IOException {
        try {
            return switch (SliceFormat.of(file.path())) {
                case PARQUET -> new ParquetRowDecoder(in, file);
                case JSONL -> new JsonRowDecoder(in, file.schema());
            };
        } catch (TidemarkException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw malformed(in, e);
        }
    }

    private boolean readBatch(RowDecoder decoder, FailureNotingInput in, ChangeBatch batch) throws IOException {
        batch.clear();
        try {
            if (!decoder.read(batch)) {
                return false;
            }
        } catch (TidemarkException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw malformed(in, e);
        }
        if (rows == 0) {
            first = batch.position(0);
        }
        for (int row = 0; row < batch.size(); row++) {
            counts[batch.operationCodes()[row]]++;
        }
        last = batch.position(batch.size() - 1);
        rows += batch.size();
        return true;
    }

    /** What the storage could not deliver is the storage's failure; everything else is the file's. */
    private TidemarkException malformed(FailureNotingInput in, Exception e) throws IOException {
        if (in.failure != null) {
            throw in.failure;
        }
        return StorageErrors.corrupt(file.path(), "the file is not as the format says: " + e.getMessage(), e);
    }

    private void require(boolean holds, String figure, long expected, long found) {
        if (!holds) {
            throw StorageErrors.corrupt(
                    file.path(), figure + " of the file differs (expected=" + expected + ", found=" + found + ")");
        }
    }

    /** A file in memory. */
    private static final class BytesInput implements ObjectInput {
        private final byte[] bytes;

        BytesInput(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int length) {
            System.arraycopy(bytes, (int) position, buffer, offset, length);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** Remembers what the storage itself failed with. */
    private static final class FailureNotingInput implements ObjectInput {
        private final ObjectInput in;
        private @Nullable IOException failure;

        FailureNotingInput(ObjectInput in) {
            this.in = in;
        }

        @Override
        public long length() {
            return in.length();
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int length) throws IOException {
            try {
                in.readFully(position, buffer, offset, length);
            } catch (EOFException e) {
                throw e;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
