package io.tidemark.parquet;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.ColumnVector;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.BooleanStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** Booleans, eight in a byte. */
final class BooleanColumn extends FlatColumn {
    private static final int FIRST_BYTES = 128;

    private byte[] bits = {};
    private int count;
    private int trues;

    BooleanColumn(ParquetColumn column, PrimitiveType type, PageWriter pages, PageScratch scratch, int pageBytes) {
        super(column, type, pages, scratch, pageBytes, false);
    }

    @Override
    void take(ColumnVector vector, int @Nullable [] rows, int from, int to) {
        BooleanVector booleans = (BooleanVector) vector;
        int needed = (count + to - from + 7) / 8;
        if (bits.length < needed) {
            bits = Arrays.copyOf(bits, Math.max(Math.max(FIRST_BYTES, 2 * bits.length), needed));
        }
        if (!vector.hasNulls() && !vector.hasUnchanged()) {
            levels.present(to - from);
            for (int i = from; i < to; i++) {
                add(booleans.value(rows == null ? i : rows[i]));
            }
            return;
        }
        for (int i = from; i < to; i++) {
            int row = rows == null ? i : rows[i];
            if (vector.isPresent(row)) {
                levels.present(1);
                add(booleans.value(row));
            } else {
                levels.absent();
            }
        }
    }

    private void add(boolean value) {
        if (value) {
            bits[count >> 3] |= (byte) (1 << (count & 7));
            trues++;
        }
        count++;
    }

    @Override
    long valueBytes() {
        return (count + 7L) / 8;
    }

    @Override
    void fill(Statistics<?> statistics) {
        ((BooleanStatistics) statistics).setMinMax(trues == count, trues > 0);
    }

    @Override
    Encoded plain() {
        return new Encoded(Encoding.PLAIN, BytesInput.from(bits, 0, (int) valueBytes()));
    }

    @Override
    void clear() {
        Arrays.fill(bits, (byte) 0);
        count = 0;
        trues = 0;
    }

    @Override
    boolean index(int[] found, long bytesMax) {
        throw new IllegalStateException("Booleans have no dictionary");
    }

    @Override
    int dictionarySize() {
        return 0;
    }

    @Override
    long dictionaryBytes() {
        return 0;
    }

    @Override
    BytesInput dictionary() {
        return BytesInput.empty();
    }

    @Override
    void dropDictionary() {
        throw new IllegalStateException("Booleans have no dictionary");
    }
}
