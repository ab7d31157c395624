package io.tidemark.parquet;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.DoubleStatistics;
import org.apache.parquet.column.statistics.FloatStatistics;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Numbers of four or eight bytes: integers, dates and times, decimals that fit, and floating-point numbers by their bits. */
final class NumberColumn extends FlatColumn {
    private static final int FIRST_VALUES = 2048;
    private static final int GROWTH = 3;
    private static final int VALUES_MAX = PAGE_ROWS_MAX + FIRST_VALUES;
    private static final int DELTA_SLAB_BYTES = 1024;

    private final boolean deltas;
    private final int width;
    private final int pageBytes;
    private final boolean isDecimal;
    private final DecimalDigits digits;
    private long[] values = {};
    private int count;
    private LongDictionary dictionary = new LongDictionary();

    NumberColumn(
            ParquetColumn column,
            PrimitiveType type,
            PageWriter pages,
            PageScratch scratch,
            ParquetWriteOptions options,
            boolean dictionary) {
        super(column, type, pages, scratch, options.pageBytes(), dictionary);
        this.pageBytes = options.pageBytes();
        this.deltas = options.deltas() && type.getPrimitiveTypeName() == PrimitiveTypeName.INT64;
        this.width = type.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                        || type.getPrimitiveTypeName() == PrimitiveTypeName.FLOAT
                ? Integer.BYTES
                : Long.BYTES;
        this.isDecimal = column.type().kind() == ColumnType.Kind.DECIMAL;
        this.digits = new DecimalDigits(column.name(), column.type());
    }

    @Override
    void take(ColumnVector vector, int @Nullable [] rows, int from, int to) {
        if (values.length < count + to - from) {
            int grown = Math.min(GROWTH * values.length, VALUES_MAX);
            values = Arrays.copyOf(values, Math.max(Math.max(FIRST_VALUES, grown), count + to - from));
        }
        int before = count;
        if (vector.hasNulls() || vector.hasUnchanged()) {
            for (int i = from; i < to; i++) {
                int row = rows == null ? i : rows[i];
                if (vector.isPresent(row)) {
                    copy(vector, null, row, row + 1);
                    levels.present(1);
                } else {
                    levels.absent();
                }
            }
        } else {
            copy(vector, rows, from, to);
            levels.present(to - from);
        }
        for (int i = before; isDecimal && i < count; i++) {
            digits.require(values[i]);
        }
    }

    private void copy(ColumnVector vector, int @Nullable [] rows, int from, int to) {
        if (vector instanceof LongVector longs) {
            long[] source = longs.values();
            if (rows == null) {
                System.arraycopy(source, from, values, count, to - from);
                count += to - from;
            } else {
                for (int i = from; i < to; i++) {
                    values[count++] = source[rows[i]];
                }
            }
        } else if (vector instanceof IntVector ints) {
            int[] source = ints.values();
            for (int i = from; i < to; i++) {
                values[count++] = source[rows == null ? i : rows[i]];
            }
        } else if (vector instanceof DoubleVector doubles) {
            for (int i = from; i < to; i++) {
                values[count++] = Double.doubleToRawLongBits(doubles.value(rows == null ? i : rows[i]));
            }
        } else {
            FloatVector floats = (FloatVector) vector;
            for (int i = from; i < to; i++) {
                values[count++] = Float.floatToRawIntBits(floats.value(rows == null ? i : rows[i]));
            }
        }
    }

    @Override
    long valueBytes() {
        return (long) count * width;
    }

    @Override
    void fill(Statistics<?> statistics) {
        if (statistics instanceof FloatStatistics floats) {
            for (int i = 0; i < count; i++) {
                floats.updateStats(Float.intBitsToFloat((int) values[i]));
            }
        } else if (statistics instanceof DoubleStatistics doubles) {
            for (int i = 0; i < count; i++) {
                doubles.updateStats(Double.longBitsToDouble(values[i]));
            }
        } else {
            long least = values[0];
            long greatest = values[0];
            for (int i = 1; i < count; i++) {
                least = Math.min(least, values[i]);
                greatest = Math.max(greatest, values[i]);
            }
            if (statistics instanceof IntStatistics ints) {
                ints.setMinMax((int) least, (int) greatest);
            } else {
                ((LongStatistics) statistics).setMinMax(least, greatest);
            }
        }
    }

    @Override
    @Nullable
    Encoded deltas() throws IOException {
        if (!deltas || !isAscending()) {
            return null;
        }
        DeltaBinaryPackingValuesWriterForLong encoder = new DeltaBinaryPackingValuesWriterForLong(
                DELTA_SLAB_BYTES, pageBytes, HeapByteBufferAllocator.getInstance());
        for (int i = 0; i < count; i++) {
            encoder.writeLong(values[i]);
        }
        return new Encoded(Encoding.DELTA_BINARY_PACKED, encoder.getBytes());
    }

    @Override
    Encoded plain() {
        return new Encoded(Encoding.PLAIN, plainly(values, count));
    }

    private BytesInput plainly(long[] numbers, int size) {
        byte[] bytes = scratch.bytes(size * width);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (width == Long.BYTES) {
            buffer.asLongBuffer().put(numbers, 0, size);
        } else {
            for (int i = 0; i < size; i++) {
                buffer.putInt(i * Integer.BYTES, (int) numbers[i]);
            }
        }
        return BytesInput.from(bytes, 0, size * width);
    }

    private boolean isAscending() {
        for (int i = 1; i < count; i++) {
            if (values[i - 1] > values[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    void clear() {
        count = 0;
    }

    @Override
    boolean index(int[] found, long bytesMax) {
        int before = dictionary.size();
        int most = (int) (bytesMax / width);
        for (int i = 0; i < count; i++) {
            found[i] = dictionary.indexOf(values[i]);
            if (dictionary.size() > most) {
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
        return (long) dictionary.size() * width;
    }

    @Override
    BytesInput dictionary() {
        return plainly(dictionary.entries(), dictionary.size());
    }

    @Override
    void dropDictionary() {
        dictionary = new LongDictionary();
    }
}
