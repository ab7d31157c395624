package io.tidemark.lake.hudi.apply;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of equal rows of a table without a key.
 *
 * @param row the row, encoded
 * @param surplus how many more of them there are afterwards; below 0, how many the mirror has to lose
 * @param deleted times of deletes; only with soft deletes, where each leaves a row
 */
@SuppressWarnings("ArrayRecordComponent") // One is held for each changed row; it is told apart by identity.
record Tally(byte[] row, int surplus, long[] deleted) {
    private static final int OVERHEAD_BYTES = 200;

    static final RowSpill.Codec<Tally> CODEC = new RowSpill.Codec<>() {
        @Override
        public byte[] encode(Tally tally) {
            ByteBuffer buffer =
                    ByteBuffer.allocate(2 * Integer.BYTES + tally.deleted.length * Long.BYTES + tally.row.length);
            buffer.putInt(tally.surplus).putInt(tally.deleted.length);
            Arrays.stream(tally.deleted).forEach(buffer::putLong);
            return buffer.put(tally.row).array();
        }

        @Override
        public Tally decode(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int surplus = buffer.getInt();
            long[] deleted = new long[buffer.getInt()];
            Arrays.setAll(deleted, i -> buffer.getLong());
            byte[] row = new byte[buffer.remaining()];
            buffer.get(row);
            return new Tally(row, surplus, deleted);
        }

        @Override
        public long byteSize(Tally tally) {
            // The row is in the name too.
            return OVERHEAD_BYTES + 3L * tally.row.length + (long) Long.BYTES * tally.deleted.length;
        }
    };

    static Tally of(byte[] row) {
        return new Tally(row, 0, new long[0]);
    }

    Tally more(int rows) {
        return new Tally(row, surplus + rows, deleted);
    }

    /** One less, which leaves a row that was deleted then. */
    Tally softDeleted(long micros) {
        long[] times = Arrays.copyOf(deleted, deleted.length + 1);
        times[deleted.length] = micros;
        return new Tally(row, surplus - 1, times);
    }

    /** How many rows the mirror has to lose. */
    int missing() {
        return Math.max(0, -surplus);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
