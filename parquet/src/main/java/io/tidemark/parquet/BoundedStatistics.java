package io.tidemark.parquet;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.BinaryStatistics;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.statistics.geospatial.GeospatialStatistics;
import org.apache.parquet.internal.column.columnindex.BinaryTruncator;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Shortens the least and the greatest value of a page. Parquet keeps both of every row group until the file is finished: of a file with large
 * values, that would be the file. A beginning of the least value is a lower bound, a beginning of the greatest value with its last letter raised an
 * upper one.
 */
// The interface has methods that are deprecated and still have to be passed on.
@SuppressWarnings("deprecation")
final class BoundedStatistics implements PageWriter {
    private static final int BYTES_MAX = 1024;

    private final PageWriter pages;
    private final PrimitiveType type;

    BoundedStatistics(PageWriter pages, PrimitiveType type) {
        this.pages = pages;
        this.type = type;
    }

    private Statistics<?> bounded(Statistics<?> statistics) {
        if (!(statistics instanceof BinaryStatistics values)
                || !values.hasNonNullValue()
                || (values.genericGetMin().length() <= BYTES_MAX
                        && values.genericGetMax().length() <= BYTES_MAX)) {
            return statistics;
        }
        BinaryTruncator truncator = BinaryTruncator.getTruncator(type);
        BinaryStatistics bounded = (BinaryStatistics) Statistics.createStats(type);
        bounded.setMinMax(least(truncator, values.genericGetMin()), greatest(truncator, values.genericGetMax()));
        bounded.setNumNulls(values.getNumNulls());
        return bounded;
    }

    /** A lower bound of a value that may be large: a copy of its beginning. */
    static Binary least(BinaryTruncator truncator, Binary value) {
        return copy(value.length() <= BYTES_MAX ? value : truncator.truncateMin(value, BYTES_MAX));
    }

    /** An upper bound of a value that may be large: a copy of its beginning, raised. */
    static Binary greatest(BinaryTruncator truncator, Binary value) {
        return copy(value.length() <= BYTES_MAX ? value : truncator.truncateMax(value, BYTES_MAX));
    }

    /** So that the array that the value lies in is not held. */
    private static Binary copy(Binary bound) {
        return Binary.fromConstantByteArray(bound.getBytes());
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int values,
            Statistics<?> statistics,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        pages.writePage(bytes, values, bounded(statistics), repetition, definition, encoding);
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int values,
            int rows,
            Statistics<?> statistics,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        pages.writePage(bytes, values, rows, bounded(statistics), repetition, definition, encoding);
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int values,
            int rows,
            Statistics<?> statistics,
            SizeStatistics sizes,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        pages.writePage(bytes, values, rows, bounded(statistics), sizes, repetition, definition, encoding);
    }

    @Override
    public void writePage(
            BytesInput bytes,
            int values,
            int rows,
            Statistics<?> statistics,
            SizeStatistics sizes,
            GeospatialStatistics places,
            Encoding repetition,
            Encoding definition,
            Encoding encoding)
            throws IOException {
        pages.writePage(bytes, values, rows, bounded(statistics), sizes, places, repetition, definition, encoding);
    }

    @Override
    public void writePageV2(
            int rows,
            int nulls,
            int values,
            BytesInput repetition,
            BytesInput definition,
            Encoding encoding,
            BytesInput bytes,
            Statistics<?> statistics)
            throws IOException {
        pages.writePageV2(rows, nulls, values, repetition, definition, encoding, bytes, bounded(statistics));
    }

    @Override
    public long getMemSize() {
        return pages.getMemSize();
    }

    @Override
    public long allocatedSize() {
        return pages.allocatedSize();
    }

    @Override
    public void writeDictionaryPage(DictionaryPage dictionary) throws IOException {
        pages.writeDictionaryPage(dictionary);
    }

    @Override
    public String memUsageString(String prefix) {
        return pages.memUsageString(prefix);
    }

    @Override
    public void close() {
        pages.close();
    }
}
