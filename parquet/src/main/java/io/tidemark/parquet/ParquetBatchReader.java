package io.tidemark.parquet;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.verify.CanonicalText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Parquet file, whoever wrote it, into column vectors. Columns are picked by field id when both the projection and the file have ids,
 * else by name; a column that the file lacks reads as null, or as its initial value. Memory is bounded by one row group of compressed pages, a page per column, and a
 * batch of about {@value #BATCH_BYTES} bytes. Page checksums are verified where the file has them.
 *
 * <p>One thread. {@link IOException} says that the file could not be read or is not what was asked for; a damaged file may also surface as a
 * {@link RuntimeException} of the Parquet library. Either names no path: the caller knows it.
 */
public final class ParquetBatchReader implements AutoCloseable {
    private static final int BATCH_BYTES = 8 << 20;
    private static final int BATCH_ROWS = 8192;
    private static final int FIRST_ROWS = 64;

    /** Rows of a column after which its size is looked at. Values that a dictionary holds are short, so that these are not too much. */
    private static final int STEP_ROWS = 128;

    /** A column of a row group that holds more than this may hold values that must be taken one by one. */
    private static final long LARGE_CHUNK_BYTES = 64L << 20;

    private final ObjectInput in;
    private final ParquetFileReader file;
    private final MessageType fileSchema;
    private final List<ParquetColumn> columns;
    private final List<Steps> sources;
    private final List<ColumnVector> vectors = new ArrayList<>();
    private final boolean readsPages;
    private int nextGroup;
    private long groupRowsLeft;
    private long nextRow;

    private ParquetBatchReader(ObjectInput in, ParquetFileReader file, List<ParquetColumn> columns) throws IOException {
        this.in = in;
        this.file = file;
        this.fileSchema = file.getFileMetaData().getSchema();
        this.columns = List.copyOf(columns);
        this.sources = new ArrayList<>(columns.size());
        List<ColumnDescriptor> wanted = new ArrayList<>();
        for (ParquetColumn column : columns) {
            Optional<Type> field = FileColumns.find(fileSchema, column);
            Source source = field.isEmpty()
                    ? new Missing(column.initial())
                    : field.orElseThrow().isPrimitive()
                            ? Flat.of(fileSchema, column, field.orElseThrow())
                            : new Nested(NestedColumns.find(fileSchema, column, field.orElseThrow()));
            for (ColumnDescriptor descriptor : source.descriptors()) {
                if (wanted.contains(descriptor)) {
                    throw new IllegalArgumentException(
                            "Cannot read column: another one is the same column of the file (column=" + column.name()
                                    + ")");
                }
                wanted.add(descriptor);
            }
            sources.add(new Steps(source));
        }
        this.readsPages = !wanted.isEmpty();
        if (readsPages) {
            file.setRequestedSchema(wanted);
        }
    }

    /**
     * Opens a file.
     *
     * @param in the object; closed with the reader, and closed when this call fails
     * @param columns the projection
     */
    public static ParquetBatchReader open(ObjectInput in, List<ParquetColumn> columns) throws IOException {
        return open(in, columns, false);
    }

    /** Opens a file for all its columns, none of which may be of a type that Tidemark does not carry. */
    public static ParquetBatchReader openAll(ObjectInput in) throws IOException {
        return open(in, List.of(), true);
    }

    private static ParquetBatchReader open(ObjectInput in, List<ParquetColumn> columns, boolean all)
            throws IOException {
        ParquetFileReader file = null;
        try {
            ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                    .withCodecFactory(new PageCodecs(1))
                    .usePageChecksumVerification(true)
                    .build();
            file = ParquetFileReader.open(new ObjectInputFile(in), options);
            List<ParquetColumn> wanted =
                    all ? FileColumns.all(file.getFileMetaData().getSchema()) : columns;
            return new ParquetBatchReader(in, file, wanted);
        } catch (IOException | RuntimeException e) {
            if (file != null) {
                file.close();
            }
            in.close();
            throw e;
        }
    }

    /** The projection. */
    public List<ParquetColumn> columns() {
        return columns;
    }

    /** Whether the file has the column of this place in the projection. */
    public boolean hasColumn(int index) {
        return !sources.get(index).source.descriptors().isEmpty();
    }

    /** Rows in the file. */
    public long rows() {
        return file.getRecordCount();
    }

    /** Pairs of the footer. */
    public Map<String, String> keyValueMetadata() {
        return file.getFileMetaData().getKeyValueMetaData();
    }

    /** The next rows, or nothing at the end. Vectors are those of the batch before, filled anew. */
    public Optional<ParquetBatch> next() throws IOException {
        if (vectors.isEmpty()) {
            columns.forEach(column -> vectors.add(ColumnVector.of(column.type(), BATCH_ROWS)));
        }
        vectors.forEach(ColumnVector::clear);
        long firstRow = nextRow;
        int read = read(vectors, BATCH_ROWS);
        return read == 0 ? Optional.empty() : Optional.of(new ParquetBatch(firstRow, read, vectors));
    }

    /**
     * Appends the next rows to the vectors of the caller.
     *
     * @param into one vector per projected column, of its type
     * @param rowsMax most rows to read; fewer come at the end of a row group, or when they are large
     * @return rows read; 0 at the end of the file
     */
    public int read(List<? extends ColumnVector> into, int rowsMax) throws IOException {
        if (groupRowsLeft == 0 && !openRowGroup()) {
            return 0;
        }
        int most = (int) Math.min(rowsMax, groupRowsLeft);
        long bytesBefore = byteSize(into);
        int read = 0;
        long bytes = 0;
        while (read < most && bytes < BATCH_BYTES) {
            // The first rows tell how large rows are, so that a batch of large ones ends early.
            long fitting = read == 0 ? FIRST_ROWS : (BATCH_BYTES - bytes) * read / Math.max(bytes, 1) + 1;
            int count = fill(into, (int) Math.min(most - read, fitting));
            read += count;
            bytes = byteSize(into) - bytesBefore;
        }
        groupRowsLeft -= read;
        nextRow += read;
        return read;
    }

    /** Appends up to so many rows, as many to all columns; returns how many. */
    private int fill(List<? extends ColumnVector> into, int most) {
        int count = most;
        int before = into.isEmpty() ? 0 : into.get(0).size();
        for (int i = 0; i < sources.size(); i++) {
            count = sources.get(i).fill(into.get(i), count);
        }
        if (count < most) {
            // A column with large values stopped early: what the columns before it have too much of is for the next
            // turn.
            for (int i = 0; i < sources.size(); i++) {
                sources.get(i).takeBack(into.get(i), before + count);
            }
        }
        return count;
    }

    /** Closes the file and the object. */
    @Override
    public void close() throws IOException {
        try (in) {
            file.close();
        }
    }

    private boolean openRowGroup() throws IOException {
        List<BlockMetaData> groups = file.getRowGroups();
        while (nextGroup < groups.size()) {
            BlockMetaData group = groups.get(nextGroup++);
            groupRowsLeft = group.getRowCount();
            if (groupRowsLeft == 0) {
                file.skipNextRowGroup();
                continue;
            }
            if (readsPages) {
                PageReadStore pages = file.readNextRowGroup();
                ColumnReadStoreImpl store = new ColumnReadStoreImpl(
                        pages,
                        NoConverter.GROUP,
                        fileSchema,
                        file.getFileMetaData().getCreatedBy());
                sources.forEach(source -> source.open(store, group));
            }
            return true;
        }
        return false;
    }

    private static long byteSize(List<? extends ColumnVector> vectors) {
        long bytes = 0;
        for (ColumnVector vector : vectors) {
            bytes += vector.byteSize();
        }
        return bytes;
    }

    /** The values of a projected column, in steps that end early when they are large. */
    private static final class Steps {
        private final Source source;
        private boolean isLarge;

        /** Rows that were read for a batch that turned out to end before them, from {@link #keptFrom} on. */
        private @Nullable ColumnVector kept;

        private int keptFrom;

        Steps(Source source) {
            this.source = source;
        }

        void open(ColumnReadStoreImpl store, BlockMetaData group) {
            source.open(store);
            isLarge = group.getColumns().stream()
                    .filter(chunk -> chunk.getTotalUncompressedSize() > LARGE_CHUNK_BYTES)
                    .anyMatch(chunk -> source.descriptors().stream()
                            .anyMatch(column -> Arrays.equals(chunk.getPath().toArray(), column.getPath())));
        }

        /** Appends up to so many rows; fewer, but one, when they are large. */
        int fill(ColumnVector into, int most) {
            int count = appendKept(into, most);
            if (!(into instanceof BytesVector) && !(source instanceof Nested)) {
                source.fill(into, most - count);
                return most;
            }
            int step = isLarge ? 1 : STEP_ROWS;
            long bytesMax = into.byteSize() + BATCH_BYTES;
            while (count < most && (count == 0 || into.byteSize() < bytesMax)) {
                int rows = Math.min(step, most - count);
                source.fill(into, rows);
                count += rows;
            }
            return count;
        }

        private int appendKept(ColumnVector into, int most) {
            ColumnVector rows = kept;
            if (rows == null) {
                return 0;
            }
            int count = Math.min(most, rows.size() - keptFrom);
            for (int i = 0; i < count; i++) {
                into.appendFrom(rows, keptFrom++);
            }
            if (keptFrom == rows.size()) {
                kept = null;
            }
            return count;
        }

        /** Takes the rows from this one on off the vector and keeps them for the next call. */
        void takeBack(ColumnVector from, int row) {
            if (from.size() == row) {
                return;
            }
            ColumnVector before = kept;
            ColumnVector rows = ColumnVector.of(from.type(), from.size() - row);
            for (int i = row; i < from.size(); i++) {
                rows.appendFrom(from, i);
            }
            for (int i = keptFrom; before != null && i < before.size(); i++) {
                rows.appendFrom(before, i);
            }
            kept = rows;
            keptFrom = 0;
            from.truncate(row);
        }
    }

    /** Where the values of a projected column come from. */
    private interface Source {
        /** The columns of the file. */
        List<ColumnDescriptor> descriptors();

        void open(ColumnReadStoreImpl store);

        void fill(ColumnVector into, int count);
    }

    /** One column of the file. */
    private static final class Flat implements Source {
        private final ColumnDescriptor descriptor;
        private final ColumnFill fill;
        private @Nullable ColumnReader reader;

        private Flat(ColumnDescriptor descriptor, ColumnFill fill) {
            this.descriptor = descriptor;
            this.fill = fill;
        }

        static Flat of(MessageType schema, ParquetColumn column, Type field) throws IOException {
            return new Flat(
                    schema.getColumnDescription(new String[] {field.getName()}),
                    ColumnFill.of(column, field.asPrimitiveType()));
        }

        @Override
        public List<ColumnDescriptor> descriptors() {
            return List.of(descriptor);
        }

        @Override
        public void open(ColumnReadStoreImpl store) {
            reader = store.getColumnReader(descriptor);
        }

        @Override
        public void fill(ColumnVector into, int count) {
            fill.fill(Objects.requireNonNull(reader), descriptor.getMaxDefinitionLevel(), into, count);
        }
    }

    /** As many columns of the file as the nested column has values that are not nested. */
    private record Nested(NestedFill fill) implements Source {
        @Override
        public List<ColumnDescriptor> descriptors() {
            return fill.descriptors();
        }

        @Override
        public void open(ColumnReadStoreImpl store) {
            fill.open(store);
        }

        @Override
        public void fill(ColumnVector into, int count) {
            for (int i = 0; i < count; i++) {
                fill.fill(into);
            }
        }
    }

    /** No column of the file. */
    private record Missing(@Nullable String initial) implements Source {
        @Override
        public List<ColumnDescriptor> descriptors() {
            return List.of();
        }

        @Override
        public void open(ColumnReadStoreImpl store) {
            // There is nothing to read.
        }

        @Override
        public void fill(ColumnVector into, int count) {
            for (int i = 0; i < count; i++) {
                if (initial == null) {
                    into.appendNull();
                } else {
                    CanonicalText.append(into, initial);
                }
            }
        }
    }
}
