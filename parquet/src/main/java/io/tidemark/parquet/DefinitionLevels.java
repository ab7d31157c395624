package io.tidemark.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.jspecify.annotations.Nullable;

/** Which rows of a page have a value, as Parquet's definition levels 0 and 1. A page without nulls, which most are, costs nothing. */
final class DefinitionLevels {
    private static final int INITIAL_BYTES = 64;

    private final int pageBytes;
    private @Nullable RunLengthBitPackingHybridEncoder encoder;
    private int rows;
    private int nulls;

    DefinitionLevels(int pageBytes) {
        this.pageBytes = pageBytes;
    }

    int rows() {
        return rows;
    }

    int nulls() {
        return nulls;
    }

    long bufferedBytes() {
        return encoder == null ? 0 : encoder.getBufferedSize();
    }

    /** So many rows have values. */
    void present(int count) {
        rows += count;
        if (encoder != null) {
            write(encoder, 1, count);
        }
    }

    /** One row has none. */
    void absent() {
        if (encoder == null) {
            encoder = new RunLengthBitPackingHybridEncoder(
                    1, INITIAL_BYTES, pageBytes, HeapByteBufferAllocator.getInstance());
            write(encoder, 1, rows);
        }
        write(encoder, 0, 1);
        rows++;
        nulls++;
    }

    /** The levels as a data page of version 1 has them: their length, then runs. */
    BytesInput bytes() throws IOException {
        if (encoder == null) {
            // One run of ones.
            BytesInput run =
                    BytesInput.concat(BytesInput.fromUnsignedVarInt(rows << 1), BytesInput.from(new byte[] {1}));
            return BytesInput.concat(BytesInput.fromInt(Math.toIntExact(run.size())), run);
        }
        BytesInput runs = encoder.toBytes();
        return BytesInput.concat(BytesInput.fromInt(Math.toIntExact(runs.size())), runs);
    }

    /** Begins the next page. */
    void clear() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
        rows = 0;
        nulls = 0;
    }

    private static void write(RunLengthBitPackingHybridEncoder encoder, int level, int count) {
        try {
            for (int i = 0; i < count; i++) {
                encoder.writeInt(level);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
