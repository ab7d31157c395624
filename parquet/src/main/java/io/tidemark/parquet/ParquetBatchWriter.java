package io.tidemark.parquet;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes column vectors as one Parquet file, column by column. Null and unchanged rows are written as null. Page statistics, column indexes and
 * footer statistics are written, pages carry checksums. Memory is bounded: what is encoded waits for its row group up to
 * {@link ParquetWriteOptions#rowGroupBytes()}, and an idle writer that was {@linkplain #flushRowGroup flushed} holds almost nothing.
 *
 * <p>One thread. After an exception of {@code append}, {@code flushRowGroup} or {@code finish} the file is unusable: abort the output. The output
 * stays the caller's: {@link #finish} writes the footer, whoever made the output closes it.
 */
public final class ParquetBatchWriter implements AutoCloseable {
    /** Rows that are encoded column after column before the size is looked at again. */
    private static final int BLOCK_ROWS = 2000;

    /** A large row takes a multiple of its size while it is encoded, so that the process encodes one such row at a time, in a row group that ends with it. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock(true);

    /** Values that compress well fill a row group by their own size too, since readers hold much of it as it was. */
    private static final int ROW_GROUP_SIZES = 8;

    private static final int ROW_GROUP_ROWS_MAX = Integer.MAX_VALUE / 2;

    private final List<ParquetColumn> columns;
    /** Of nested columns; null for the others. */
    private final List<@Nullable NestedAppender> nested = new ArrayList<>();

    private final ParquetWriteOptions options;
    private final Map<String, String> keyValueMetadata;
    private final MessageType schema;
    private final DictionaryMemory memory;
    private final Set<String> withoutDictionary;
    /** Columns that are written without one from now on. */
    private final Set<String> withoutUse;

    private final LearningValuesWriters valuesWriters;
    private final ParquetProperties properties;
    private final BytesInputCompressor compressor;
    private final ParquetFileWriter file;
    private @Nullable RowGroup rowGroup;
    private long rows;
    private long writtenBytes;
    private long bufferedBytes;
    private State state = State.OPEN;

    /** As the other constructor, for a file that does not belong to a row of similar ones. */
    public ParquetBatchWriter(
            ObjectOutput out,
            List<ParquetColumn> columns,
            ParquetWriteOptions options,
            Map<String, String> keyValueMetadata)
            throws IOException {
        this(out, columns, options, keyValueMetadata, new DictionaryMemory());
    }

    /**
     * @param out an output at its beginning
     * @param columns columns in file order, at least one
     * @param keyValueMetadata pairs for the footer
     * @param memory of the files of this table
     */
    public ParquetBatchWriter(
            ObjectOutput out,
            List<ParquetColumn> columns,
            ParquetWriteOptions options,
            Map<String, String> keyValueMetadata,
            DictionaryMemory memory)
            throws IOException {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("Cannot write Parquet: a file has at least one column");
        }
        this.columns = List.copyOf(columns);
        this.options = options;
        this.memory = memory;
        this.withoutDictionary = memory.columnsWithout();
        this.withoutUse = new HashSet<>(withoutDictionary);
        this.valuesWriters = new LearningValuesWriters(withoutUse);
        this.keyValueMetadata = Map.copyOf(keyValueMetadata);
        this.schema = ParquetTypes.schema(columns);
        findNested();
        this.properties = ParquetProperties.builder()
                .withPageSize(options.pageBytes())
                .withDictionaryPageSize(options.pageBytes())
                .withDictionaryEncoding(options.dictionary())
                .withMaxRowCountForPageSizeCheck(BLOCK_ROWS)
                .withValuesWriterFactory(valuesWriters)
                .withSizeStatisticsEnabled(false)
                .withAllocator(HeapByteBufferAllocator.getInstance())
                .build();
        this.compressor = new PageCodecs(options.zstdLevel()).getCompressor(CompressionCodecName.ZSTD);
        this.file = new ParquetFileWriter(
                new ObjectOutputFile(out),
                schema,
                ParquetFileWriter.Mode.CREATE,
                options.rowGroupBytes(),
                0,
                null,
                properties);
        file.start();
        this.writtenBytes = file.getPos();
    }

    /**
     * Writes rows {@code [fromRow, toRow)} of the vectors.
     *
     * @param vectors one per column, in file order, of the columns' types
     */
    public void append(List<? extends ColumnVector> vectors, int fromRow, int toRow) throws IOException {
        appendRows(vectors, null, fromRow, toRow);
    }

    /** Writes the rows that {@code rowNumbers[from]} to {@code rowNumbers[to - 1]} name, in that order. */
    public void append(List<? extends ColumnVector> vectors, int[] rowNumbers, int from, int to) throws IOException {
        appendRows(vectors, rowNumbers, from, to);
    }

    /** Rows appended. */
    public long rows() {
        return rows;
    }

    /** Bytes written and buffered: about what the file takes, without its footer. */
    public long bytes() {
        return writtenBytes + bufferedBytes;
    }

    /** Encoded bytes that wait in memory for their row group. */
    public long bufferedBytes() {
        return bufferedBytes;
    }

    /** Ends the row group, so that nothing waits in memory; does nothing when nothing waits. */
    public void flushRowGroup() throws IOException {
        require(State.OPEN);
        if (rowGroup == null) {
            return;
        }
        state = State.FAILED;
        try (RowGroup group = rowGroup) {
            rowGroup = null;
            bufferedBytes = 0;
            file.startBlock(group.rows);
            group.finish();
            group.pages.flushToFileWriter(file);
            file.endBlock();
        }
        writtenBytes = file.getPos();
        state = State.OPEN;
    }

    /**
     * Writes what waits and the footer.
     *
     * @return the footer, with statistics
     */
    public ParquetMetadata finish() throws IOException {
        flushRowGroup();
        state = State.FAILED;
        file.end(keyValueMetadata);
        if (options.dictionary()) {
            memory.learn(file.getFooter().getBlocks(), withoutDictionary);
        }
        state = State.FINISHED;
        return file.getFooter();
    }

    /** Frees memory; a file that was not {@linkplain #finish finished} is not readable. */
    @Override
    public void close() {
        if (state != State.FINISHED) {
            state = State.FAILED;
        }
        if (rowGroup != null) {
            rowGroup.close();
            rowGroup = null;
            bufferedBytes = 0;
        }
    }

    private void appendRows(List<? extends ColumnVector> vectors, int @Nullable [] rowNumbers, int from, int to)
            throws IOException {
        require(State.OPEN);
        if (vectors.size() != columns.size()) {
            throw new IllegalArgumentException("Cannot append rows: one vector for each column is needed (columns="
                    + columns.size() + ", vectors=" + vectors.size() + ")");
        }
        for (int start = from; start < to; ) {
            int end = blockEnd(vectors, rowNumbers, start, to);
            long blockBytes = bytesOf(vectors, rowNumbers, start, end);
            boolean isLarge = blockBytes > BytesVector.KEPT_BYTES_MAX;
            if (isLarge) {
                ONE_AT_A_TIME.lock();
            }
            try {
                state = State.FAILED;
                appendBlock(vectors, rowNumbers, start, end, blockBytes);
                state = State.OPEN;
                if (isLarge) {
                    flushRowGroup();
                }
            } finally {
                if (isLarge) {
                    ONE_AT_A_TIME.unlock();
                }
            }
            start = end;
            if (bufferedBytes >= options.rowGroupBytes() || (rowGroup != null && rowGroup.isFull())) {
                flushRowGroup();
            }
        }
    }

    private void appendBlock(
            List<? extends ColumnVector> vectors, int @Nullable [] rowNumbers, int from, int to, long bytes)
            throws IOException {
        RowGroup group = rowGroup;
        if (group == null) {
            group = new RowGroup();
            rowGroup = group;
        }
        group.append(vectors, rowNumbers, from, to);
        bufferedBytes = group.bufferedBytes();
        group.rows += to - from;
        group.bytes += bytes;
        rows += to - from;
    }

    /** Pages end between blocks, so a block of large values is cut short: at about a page, at least one row. */
    private int blockEnd(List<? extends ColumnVector> vectors, int @Nullable [] rowNumbers, int from, int to) {
        int end = Math.min(to, from + BLOCK_ROWS);
        for (ColumnVector vector : vectors) {
            if (!hasSizes(vector)) {
                continue;
            }
            long sum = 0;
            for (int i = from; i < end; i++) {
                sum += NestedSize.of(vector, rowNumbers == null ? i : rowNumbers[i]);
                if (sum > options.pageBytes()) {
                    end = Math.max(i, from + 1);
                }
            }
        }
        return end;
    }

    /** A column that is not nested is one column of the file, a nested one is one for each value inside that is not nested. */
    private void findNested() {
        int leaf = 0;
        List<ColumnDescriptor> descriptors = schema.getColumns();
        for (ParquetColumn column : columns) {
            int first = leaf;
            while (leaf < descriptors.size()
                    && descriptors.get(leaf).getPath()[0].equals(column.name())) {
                leaf++;
            }
            nested.add(column.type().isNested() ? new NestedAppender(column, descriptors.subList(first, leaf)) : null);
        }
    }

    /** Bytes of the values whose sizes differ. */
    private static long bytesOf(List<? extends ColumnVector> vectors, int @Nullable [] rowNumbers, int from, int to) {
        long sum = 0;
        for (ColumnVector vector : vectors) {
            if (hasSizes(vector)) {
                for (int i = from; i < to; i++) {
                    sum += NestedSize.of(vector, rowNumbers == null ? i : rowNumbers[i]);
                }
            }
        }
        return sum;
    }

    private static boolean hasSizes(ColumnVector vector) {
        return vector instanceof BytesVector || vector.type().isNested();
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException("Cannot write to the Parquet file: it is " + state);
        }
    }

    private enum State {
        OPEN,
        FINISHED,
        FAILED
    }

    /** The encoders of one row group, made when its first row comes. */
    private final class RowGroup implements AutoCloseable {
        final ColumnChunkPageWriteStore pages = new ColumnChunkPageWriteStore(
                compressor,
                schema,
                properties.getAllocator(),
                properties.getColumnIndexTruncateLength(),
                properties.getPageWriteChecksumEnabled());
        /** Of columns that are not nested; null for the others. */
        private final List<@Nullable FlatColumn> flat = new ArrayList<>();
        /** Of nested columns. */
        private final @Nullable ColumnWriteStore nestedColumns;

        int rows;
        long bytes;

        RowGroup() {
            List<Type> nestedFields = new ArrayList<>();
            PageScratch scratch = new PageScratch();
            for (int i = 0; i < columns.size(); i++) {
                ParquetColumn column = columns.get(i);
                if (nested.get(i) == null) {
                    PrimitiveType type = schema.getType(i).asPrimitiveType();
                    boolean isTried = options.dictionary() && !withoutUse.contains(column.name());
                    PageWriter writer = pages.getPageWriter(schema.getColumnDescription(new String[] {column.name()}));
                    flat.add(FlatColumn.of(column, type, writer, scratch, options, isTried));
                } else {
                    flat.add(null);
                    nestedFields.add(schema.getType(i));
                }
            }
            this.nestedColumns = nestedFields.isEmpty()
                    ? null
                    : properties.newColumnWriteStore(
                            new MessageType(schema.getName(), nestedFields),
                            column -> new BoundedStatistics(pages.getPageWriter(column), column.getPrimitiveType()),
                            pages);
        }

        boolean isFull() {
            return rows >= ROW_GROUP_ROWS_MAX || bytes >= ROW_GROUP_SIZES * options.rowGroupBytes();
        }

        void append(List<? extends ColumnVector> vectors, int @Nullable [] rowNumbers, int from, int to)
                throws IOException {
            for (int i = 0; i < flat.size(); i++) {
                FlatColumn column = flat.get(i);
                if (column != null) {
                    column.append(vectors.get(i), rowNumbers, from, to);
                }
            }
            if (nestedColumns != null) {
                for (int i = 0; i < flat.size(); i++) {
                    NestedAppender appender = nested.get(i);
                    if (appender != null) {
                        appender.append(nestedColumns, vectors.get(i), rowNumbers, from, to);
                    }
                }
                for (int i = from; i < to; i++) {
                    nestedColumns.endRecord();
                }
            }
        }

        long bufferedBytes() {
            long sum = nestedColumns == null ? 0 : nestedColumns.getBufferedSize();
            for (FlatColumn column : flat) {
                sum += column == null ? 0 : column.bufferedBytes();
            }
            return sum;
        }

        void finish() throws IOException {
            for (FlatColumn column : flat) {
                if (column != null) {
                    column.finish();
                    if (column.hasGivenUpDictionary()) {
                        withoutUse.add(column.column.name());
                    }
                }
            }
            if (nestedColumns != null) {
                valuesWriters.learn();
                nestedColumns.flush();
            }
        }

        @Override
        public void close() {
            // The column store is not closed: closing flushes, and there is nothing on the heap to give back.
            pages.close();
        }
    }
}
