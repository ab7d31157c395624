package io.tidemark.parquet;

import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one column that is not nested, for one row group, in data pages of version 1. The values of a page wait as they are until the page ends;
 * then it is known how they are encoded best, and each encoding is one loop over an array. Parquet's own column writer takes value by value through
 * level writers, statistics and encoders: {@code bench loops} has both costs.
 *
 * <p>Encodings are those that every engine reads: plain, and dictionary while it makes a column smaller; besides, where it is asked for, deltas.
 */
// Version 1 calls its encodings by names that version 2 has replaced.
@SuppressWarnings("deprecation")
abstract class FlatColumn {
    /** As many as Parquet's own writers put into a page, so that its statistics say something. */
    static final int PAGE_ROWS_MAX = 20_000;

    private static final int INDEX_BYTES = 1024;

    final ParquetColumn column;
    final PrimitiveType type;
    final DefinitionLevels levels;
    final PageScratch scratch;
    private final PageWriter pages;
    private final int pageBytes;
    private boolean usesDictionary;
    private boolean hasGivenUp;

    FlatColumn(
            ParquetColumn column,
            PrimitiveType type,
            PageWriter pages,
            PageScratch scratch,
            int pageBytes,
            boolean usesDictionary) {
        this.column = column;
        this.type = type;
        this.pages = pages;
        this.scratch = scratch;
        this.pageBytes = pageBytes;
        this.usesDictionary = usesDictionary;
        this.levels = new DefinitionLevels(pageBytes);
    }

    static FlatColumn of(
            ParquetColumn column,
            PrimitiveType type,
            PageWriter pages,
            PageScratch scratch,
            ParquetWriteOptions options,
            boolean dictionary) {
        return switch (column.type().kind()) {
            case BOOLEAN -> new BooleanColumn(column, type, pages, scratch, options.pageBytes());
            case INT32, DATE, INT64, TIME, TIMESTAMP, TIMESTAMP_TZ, FLOAT32, FLOAT64 ->
                new NumberColumn(column, type, pages, scratch, options, dictionary);
            case STRING, BYTES, UUID -> new BytesColumn(column, type, pages, scratch, options.pageBytes(), dictionary);
            case DECIMAL ->
                column.type().isWideDecimal()
                        ? new BytesColumn(column, type, pages, scratch, options.pageBytes(), dictionary)
                        : new NumberColumn(column, type, pages, scratch, options, dictionary);
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException("Cannot write a nested column as one that is not");
        };
    }

    /** Takes rows {@code [from, to)}, or the rows that {@code rows[from]} to {@code rows[to - 1]} name; null and unchanged rows become nulls. */
    final void append(ColumnVector vector, int @Nullable [] rows, int from, int to) throws IOException {
        take(vector, rows, from, to);
        if (levels.nulls() > 0 && !column.nullable()) {
            throw new IllegalArgumentException(
                    "Cannot write column: a row holds no value and the column is required (column=" + column.name()
                            + ")");
        }
        if (valueBytes() >= pageBytes || levels.rows() >= PAGE_ROWS_MAX) {
            endPage();
        }
    }

    /** Bytes that wait in memory. */
    final long bufferedBytes() {
        return valueBytes() + levels.bufferedBytes() + dictionaryBytes() + pages.getMemSize();
    }

    /** Ends the row group. */
    final void finish() throws IOException {
        if (levels.rows() > 0) {
            endPage();
        }
        if (dictionarySize() > 0) {
            pages.writeDictionaryPage(new DictionaryPage(
                    dictionary(), Math.toIntExact(dictionaryBytes()), dictionarySize(), Encoding.PLAIN_DICTIONARY));
        }
    }

    /** Whether a dictionary was tried and made nothing smaller. */
    final boolean hasGivenUpDictionary() {
        return hasGivenUp;
    }

    /** Puts rows into the page's buffers and levels. */
    abstract void take(ColumnVector vector, int @Nullable [] rows, int from, int to);

    /** Values of the page that are present. */
    final int values() {
        return levels.rows() - levels.nulls();
    }

    /** Bytes that the values of the page take, encoded plainly. */
    abstract long valueBytes();

    /** Least and greatest of the page's values. */
    abstract void fill(Statistics<?> statistics);

    /** The values of the page as differences; null where they are not asked for, or would not make it smaller than anything else. */
    @Nullable
    Encoded deltas() throws IOException {
        return null;
    }

    /** The values of the page plainly. */
    abstract Encoded plain();

    /** Forgets the values of the page. */
    abstract void clear();

    /**
     * Finds the page's values in the dictionary and adds those that are missing.
     *
     * @param found where the indexes go
     * @return false when it grew beyond {@code bytesMax}; it then holds nothing that earlier pages have not
     */
    abstract boolean index(int[] found, long bytesMax);

    /** Entries of the dictionary that pages refer to. */
    abstract int dictionarySize();

    /** Bytes of these entries, encoded plainly. */
    abstract long dictionaryBytes();

    abstract BytesInput dictionary();

    /** Forgets the dictionary; no page refers to it. */
    abstract void dropDictionary();

    private void endPage() throws IOException {
        Statistics<?> statistics = Statistics.createStats(type);
        statistics.incrementNumNulls(levels.nulls());
        Encoded encoded;
        if (values() > 0) {
            fill(statistics);
            Encoded deltas = deltas();
            encoded = deltas != null ? deltas : usesDictionary ? indexed() : plain();
        } else {
            encoded = new Encoded(Encoding.PLAIN, BytesInput.empty());
        }
        BytesInput bytes = column.nullable() ? BytesInput.concat(levels.bytes(), encoded.bytes) : encoded.bytes;
        pages.writePage(
                bytes,
                levels.rows(),
                levels.rows(),
                statistics,
                Encoding.BIT_PACKED,
                column.nullable() ? Encoding.RLE : Encoding.BIT_PACKED,
                encoded.encoding);
        levels.clear();
        clear();
    }

    private Encoded indexed() throws IOException {
        int[] indexes = scratch.indexes(values());
        boolean isFirst = dictionarySize() == 0;
        if (index(indexes, pageBytes)) {
            BytesInput bytes = indexBytes(indexes, values());
            if (!isFirst || bytes.size() + dictionaryBytes() < valueBytes()) {
                return new Encoded(Encoding.PLAIN_DICTIONARY, bytes);
            }
        }
        if (isFirst) {
            dropDictionary();
        }
        usesDictionary = false;
        hasGivenUp = true;
        return plain();
    }

    private BytesInput indexBytes(int[] indexes, int values) throws IOException {
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(dictionarySize() - 1);
        RunLengthBitPackingHybridEncoder encoder = new RunLengthBitPackingHybridEncoder(
                width, INDEX_BYTES, pageBytes, HeapByteBufferAllocator.getInstance());
        for (int i = 0; i < values; i++) {
            encoder.writeInt(indexes[i]);
        }
        return BytesInput.concat(BytesInput.from(new byte[] {(byte) width}), encoder.toBytes());
    }

    /** The values of a page. */
    record Encoded(Encoding encoding, BytesInput bytes) {}
}
