package io.tidemark.lake.hudi.apply;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of equal rows of a table without a key.
 *
 * @param row the row, encoded
 * @param added rows to be added
 * @param taken times of the deletes of rows that the mirror holds
 * @param addedDeleted times of the deletes of rows that were added by the same apply; only with soft deletes
 */
@SuppressWarnings("ArrayRecordComponent") // One is held for each changed row; it is told apart by identity.
record Tally(byte[] row, int added, long[] taken, long[] addedDeleted) {
    private static final int OVERHEAD_BYTES = 200;

    static final RowSpill.Codec<Tally> CODEC = new RowSpill.Codec<>() {
        @Override
        public byte[] encode(Tally tally) {
            int times = tally.taken.length + tally.addedDeleted.length;
            ByteBuffer buffer = ByteBuffer.allocate(3 * Integer.BYTES + times * Long.BYTES + tally.row.length);
            buffer.putInt(tally.added).putInt(tally.taken.length).putInt(tally.addedDeleted.length);
            Arrays.stream(tally.taken).forEach(buffer::putLong);
            Arrays.stream(tally.addedDeleted).forEach(buffer::putLong);
            return buffer.put(tally.row).array();
        }

        @Override
        public Tally decode(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int added = buffer.getInt();
            long[] taken = new long[buffer.getInt()];
            long[] addedDeleted = new long[buffer.getInt()];
            Arrays.setAll(taken, i -> buffer.getLong());
            Arrays.setAll(addedDeleted, i -> buffer.getLong());
            byte[] row = new byte[buffer.remaining()];
            buffer.get(row);
            return new Tally(row, added, taken, addedDeleted);
        }

        @Override
        public long byteSize(Tally tally) {
            // The row is in the name too.
            return OVERHEAD_BYTES
                    + 3L * tally.row.length
                    + (long) Long.BYTES * (tally.taken.length + tally.addedDeleted.length);
        }
    };

    Tally add() {
        return new Tally(row, added + 1, taken, addedDeleted);
    }

    /** Takes one of the rows away: one added before if there is one, else one of the mirror's. */
    Tally take(long micros, boolean isSoft) {
        if (added == 0) {
            return new Tally(row, 0, with(taken, micros), addedDeleted);
        }
        return new Tally(row, added - 1, taken, isSoft ? with(addedDeleted, micros) : addedDeleted);
    }

    private static long[] with(long[] times, long micros) {
        long[] more = Arrays.copyOf(times, times.length + 1);
        more[times.length] = micros;
        return more;
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
