package io.tidemark.slices;

import io.tidemark.parquet.ParquetBatchReader;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a file of a slice and checks that it is what the manifest says: size, checksum, columns, rows by operation, positions. */
final class SliceFileReader {
    private static final int BATCH_ROWS = 4096;
    /** Files up to this size are read once, into memory; larger ones are read for their checksum first. */
    private static final long MEMORY_BYTES_MAX = 16 << 20;

    private final SliceFile file;
    private final ChangeBatch batch;
    private final EventColumns events = new EventColumns();
    private final long[] counts = new long[128];
    private long rows;
    private long first;
    private long last;

    private SliceFileReader(SliceFile file) {
        this.file = file;
        this.batch = new ChangeBatch(file.schema(), BATCH_ROWS);
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
        List<ColumnVector> vectors = new ArrayList<>(events.vectors());
        vectors.addAll(batch.columns());
        try (ParquetBatchReader reader = open(in)) {
            while (readBatch(reader, vectors, in)) {
                consumer.accept(batch);
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

    private ParquetBatchReader open(FailureNotingInput in) throws IOException {
        List<ParquetColumn> columns = EventColumns.fileColumns(file.schema());
        ParquetBatchReader reader;
        try {
            reader = ParquetBatchReader.open(in, columns);
        } catch (IOException | RuntimeException e) {
            throw notParquet(in, e);
        }
        for (int i = 0; i < columns.size(); i++) {
            if (!reader.hasColumn(i)) {
                reader.close();
                throw StorageErrors.corrupt(
                        file.path(),
                        "the file lacks a column (column=" + columns.get(i).name() + ")");
            }
        }
        return reader;
    }

    private boolean readBatch(ParquetBatchReader reader, List<ColumnVector> vectors, FailureNotingInput in)
            throws IOException {
        events.clear();
        batch.clear();
        try {
            if (reader.read(vectors, BATCH_ROWS) == 0) {
                return false;
            }
            events.complete(batch);
        } catch (IOException | RuntimeException e) {
            throw notParquet(in, e);
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
    private TidemarkException notParquet(FailureNotingInput in, Exception e) throws IOException {
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
