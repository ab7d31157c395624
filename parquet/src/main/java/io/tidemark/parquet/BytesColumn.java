package io.tidemark.parquet;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.ColumnType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.internal.column.columnindex.BinaryTruncator;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** Text and bytes of any length, and values of a fixed length: UUIDs and wide decimals. */
final class BytesColumn extends FlatColumn {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int FIRST_BYTES = 1 << 12;
    private static final int FIRST_VALUES = 256;

    private final int prefix;
    private final DecimalDigits digits;
    private final int decimalBytes;
    /** Values as a page holds them: each with its length before it, unless all have the same. */
    private byte[] data = {};

    private int end;
    /** Where the bytes of each value begin. */
    private int[] starts = {};

    private int count;
    private BytesDictionary dictionary;

    BytesColumn(
            ParquetColumn column,
            PrimitiveType type,
            PageWriter pages,
            PageScratch scratch,
            int pageBytes,
            boolean dictionary) {
        super(column, type, pages, scratch, pageBytes, dictionary);
        boolean isFixed = column.type().isWideDecimal() || column.type().kind() == ColumnType.Kind.UUID;
        this.prefix = isFixed ? 0 : Integer.BYTES;
        this.digits = new DecimalDigits(column.name(), column.type());
        this.decimalBytes = digits.wideBytes();
        this.dictionary = new BytesDictionary(prefix);
    }

    @Override
    void take(ColumnVector vector, int @Nullable [] rows, int from, int to) {
        BytesVector bytes = (BytesVector) vector;
        if (starts.length < count + to - from) {
            starts = Arrays.copyOf(starts, Math.max(Math.max(FIRST_VALUES, 2 * starts.length), count + to - from));
        }
        boolean isWhole = !vector.hasNulls() && !vector.hasUnchanged();
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (isWhole || vector.isPresent(row)) {
                if (decimalBytes > 0) {
                    int start = digits.wideStart(bytes, row);
                    add(bytes.data(), start, decimalBytes);
                } else {
                    add(bytes.data(), bytes.start(row), bytes.length(row));
                }
                if (!isWhole) {
                    levels.present(1);
                }
            } else {
                levels.absent();
            }
        }
        if (isWhole) {
            levels.present(to - from);
        }
    }

    private void add(byte[] source, int start, int length) {
        int needed = Math.addExact(Math.addExact(end, prefix), length);
        if (data.length < needed) {
            data = Arrays.copyOf(data, (int)
                    Math.max(FIRST_BYTES, Math.max(needed, Math.min(2L * data.length, 1L << 30))));
        }
        if (prefix > 0) {
            INT.set(data, end, length);
            end += prefix;
        }
        starts[count++] = end;
        System.arraycopy(source, start, data, end, length);
        end += length;
    }

    @Override
    long valueBytes() {
        return end;
    }

    @Override
    void fill(Statistics<?> statistics) {
        int least = 0;
        int greatest = 0;
        for (int i = 1; i < count; i++) {
            if (compare(i, least) < 0) {
                least = i;
            } else if (compare(i, greatest) > 0) {
                greatest = i;
            }
        }
        BinaryTruncator truncator = BinaryTruncator.getTruncator(type);
        statistics.updateStats(BoundedStatistics.least(truncator, value(least)));
        statistics.updateStats(BoundedStatistics.greatest(truncator, value(greatest)));
    }

    /** By bytes without a sign; decimals by their sign first. */
    private int compare(int one, int other) {
        int start = starts[one];
        int otherStart = starts[other];
        if (decimalBytes > 0 && data[start] < 0 != data[otherStart] < 0) {
            return data[start] < 0 ? -1 : 1;
        }
        return Arrays.compareUnsigned(data, start, end(one), data, otherStart, end(other));
    }

    private int end(int value) {
        return value + 1 < count ? starts[value + 1] - prefix : end;
    }

    private Binary value(int value) {
        return Binary.fromReusedByteArray(data, starts[value], end(value) - starts[value]);
    }

    @Override
    Encoded plain() {
        return new Encoded(Encoding.PLAIN, BytesInput.from(data, 0, end));
    }

    @Override
    void clear() {
        // Large values give their memory back.
        if (end > BytesVector.KEPT_BYTES_MAX) {
            data = new byte[0];
        }
        end = 0;
        count = 0;
    }

    @Override
    boolean index(int[] found, long bytesMax) {
        int before = dictionary.size();
        for (int i = 0; i < count; i++) {
            found[i] = dictionary.indexOf(data, starts[i], end(i));
            if (dictionary.bytes() > bytesMax) {
                dictionary.truncate(before);
                return false;
            }
        }
        return true;
    }

    @Override
    int dictionarySize() {
        return dictionary.size();
    }

    @Override
    long dictionaryBytes() {
        return dictionary.bytes();
    }

    @Override
    BytesInput dictionary() {
        return dictionary.plain();
    }

    @Override
    void dropDictionary() {
        dictionary = new BytesDictionary(prefix);
    }
}
