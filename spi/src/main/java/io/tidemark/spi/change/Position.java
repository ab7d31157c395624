package io.tidemark.spi.change;

import java.io.Serializable;

/**
 * A place in a source's change stream: where a transaction commits. Totally ordered, compared unsigned. What the number means is the
 * source's affair (for Postgres the LSN at which the commit record starts); how to go on reading is said by the source's own resume token,
 * which travels beside it.
 *
 * @param value unsigned 64-bit
 */
public record Position(long value) implements Comparable<Position>, Serializable {
    /** Before everything. */
    public static final Position ZERO = new Position(0);

    @Override
    public int compareTo(Position other) {
        return Long.compareUnsigned(value, other.value);
    }

    public boolean isBefore(Position other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Position other) {
        return compareTo(other) > 0;
    }

    public static Position max(Position left, Position right) {
        return left.compareTo(right) >= 0 ? left : right;
    }

    /** 16 hexadecimal digits, so that text order is position order. */
    public String toHex() {
        return String.format("%016X", value);
    }

    /**
     * Reads what {@link #toHex()} wrote.
     *
     * @throws NumberFormatException when the text is not hexadecimal
     */
    public static Position ofHex(String hex) {
        return new Position(Long.parseUnsignedLong(hex, 16));
    }

    /** Postgres style {@code 16/B374D848}: the upper and lower 32 bits in hexadecimal. */
    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
                + Long.toHexString(value & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
