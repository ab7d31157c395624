package io.tidemark.source.postgres.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Where the values of one row lie in its message, undecoded. Valid until the message is left; reused from row to row. */
final class RowValues {
    private byte[] buffer = new byte[0];
    private int columns;
    private byte[] kinds = new byte[0];
    private int[] offsets = new int[0];
    private int[] lengths = new int[0];

    /** Takes the row that the message is at. */
    void read(MessageReader in, int expectedColumns) {
        columns = in.int16();
        if (columns != expectedColumns) {
            throw in.malformed(
                    "unexpected count of columns (columns=" + columns + ", expected=" + expectedColumns + ")");
        }
        buffer = in.buffer();
        if (kinds.length < columns) {
            kinds = new byte[columns];
            offsets = new int[columns];
            lengths = new int[columns];
        }
        for (int i = 0; i < columns; i++) {
            int kind = in.int8();
            kinds[i] = (byte) kind;
            lengths[i] = 0;
            switch (kind) {
                case 'b', 't' -> {
                    int length = in.int32();
                    offsets[i] = in.skip(length);
                    lengths[i] = length;
                }
                case 'n', 'u' -> offsets[i] = 0;
                default -> throw in.malformed("unknown kind of value (kind=" + kind + ")");
            }
        }
    }

    byte[] buffer() {
        return buffer;
    }

    /** {@code b} binary, {@code t} text, {@code n} null, {@code u} left as it was and not sent. */
    int kind(int column) {
        return kinds[column];
    }

    int offset(int column) {
        return offsets[column];
    }

    int length(int column) {
        return lengths[column];
    }

    /**
     * Writes the row as it came, with null for columns that are left out.
     *
     * @param image the letter before the row that says which one it is
     */
    void write(ByteArrayOutputStream out, int image, IntPredicate isOmitted) {
        out.write(image);
        out.writeBytes(ByteBuffer.allocate(2).putShort((short) columns).array());
        for (int i = 0; i < columns; i++) {
            int kind = isOmitted.test(i) ? 'n' : kinds[i];
            out.write(kind);
            if (kind == 'b' || kind == 't') {
                out.writeBytes(ByteBuffer.allocate(4).putInt(lengths[i]).array());
                out.writeBytes(Arrays.copyOfRange(buffer, offsets[i], offsets[i] + lengths[i]));
            }
        }
    }
}
