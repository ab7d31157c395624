package io.tidemark.lake.upsert.maintain;

import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.LongVector;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Where the rows of new files came from: for each new file a temporary one with eight bytes a row, in the order of rows. The vectors that are written have
 * the {@linkplain #of origin} as one more column, the last one. Not thread-safe.
 */
final class RowOrigins implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final List<Path> all = new ArrayList<>();
    private final Map<String, Path> byFile = new HashMap<>();

    /** A row of an old file, as one number. */
    static long of(int file, long row) {
        return (long) file << Integer.SIZE | row;
    }

    /** The same new files, for rows with their origin. */
    NewFiles of(NewFiles files) {
        return new Noting(files);
    }

    /**
     * Finds rows of the new files.
     *
     * @param wanted rows of old files, by the old file's number
     */
    Map<StoredFile, RoaringBitmap> find(List<StoredFile> made, Map<Integer, RoaringBitmap> wanted) throws IOException {
        Map<StoredFile, RoaringBitmap> found = new HashMap<>();
        for (StoredFile file : wanted.isEmpty() ? List.<StoredFile>of() : made) {
            RoaringBitmap rows = new RoaringBitmap();
            try (DataInputStream input = new DataInputStream(
                    new BufferedInputStream(Files.newInputStream(byFile.get(file.path())), BUFFER_BYTES))) {
                for (int row = 0; row < file.rows(); row++) {
                    long origin = input.readLong();
                    RoaringBitmap ofFile = wanted.get((int) (origin >>> Integer.SIZE));
                    if (ofFile != null && ofFile.contains((int) origin)) {
                        rows.add(row);
                    }
                }
            }
            if (!rows.isEmpty()) {
                found.put(file, rows);
            }
        }
        return found;
    }

    @Override
    public void close() {
        for (Path path : all) {
            path.toFile().delete();
        }
        all.clear();
    }

    private DataOutputStream create(String location) throws IOException {
        Path path = Files.createTempFile("tidemark-rewrite-", ".rows");
        all.add(path);
        byFile.put(location, path);
        return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES));
    }

    private static List<? extends ColumnVector> withoutOrigin(List<? extends ColumnVector> vectors) {
        return vectors.subList(0, vectors.size() - 1);
    }

    private final class Noting implements NewFiles {
        private final NewFiles files;

        Noting(NewFiles files) {
            this.files = files;
        }

        @Override
        public boolean isPartitioned() {
            return files.isPartitioned();
        }

        @Override
        public boolean canShare() {
            return files.canShare();
        }

        @Override
        public int partition(List<? extends ColumnVector> vectors, int row) {
            return files.partition(withoutOrigin(vectors), row);
        }

        @Override
        public FileWriter create(int partition) throws IOException {
            FileWriter writer = files.create(partition);
            try {
                return new NotingWriter(writer, RowOrigins.this.create(writer.location()));
            } catch (IOException e) {
                writer.close();
                throw e;
            }
        }
    }

    private static final class NotingWriter implements FileWriter {
        private final FileWriter writer;
        private final DataOutputStream output;

        NotingWriter(FileWriter writer, DataOutputStream output) {
            this.writer = writer;
            this.output = output;
        }

        @Override
        public String location() {
            return writer.location();
        }

        @Override
        public long rows() {
            return writer.rows();
        }

        @Override
        public long bytes() {
            return writer.bytes();
        }

        @Override
        public long bufferedBytes() {
            return writer.bufferedBytes();
        }

        @Override
        public void flushRowGroup() throws IOException {
            writer.flushRowGroup();
        }

        @Override
        public void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
            writer.append(withoutOrigin(vectors), rows, from, to);
            LongVector origins = (LongVector) vectors.get(vectors.size() - 1);
            for (int i = from; i < to; i++) {
                output.writeLong(origins.value(rows[i]));
            }
        }

        @Override
        public void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException {
            writer.append(withoutOrigin(vectors), from, to);
            LongVector origins = (LongVector) vectors.get(vectors.size() - 1);
            for (int row = from; row < to; row++) {
                output.writeLong(origins.value(row));
            }
        }

        @Override
        public StoredFile finish() throws IOException {
            output.close();
            return writer.finish();
        }

        @Override
        public void close() {
            try (DataOutputStream unfinished = output) {
                writer.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
