package io.tidemark.lake.upsert.index;

/** Where a row is, in one number: the file's number and the row's place in the file. */
public final class RowLocation {
    /** Nowhere. */
    public static final long NONE = -1;

    private RowLocation() {}

    /** @param row place in the file; a file holds less than 2^31 rows */
    public static long of(int file, long row) {
        if (row < 0 || row > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "Cannot note a row of a file: only 2^31 rows of a file can be (row=" + row + ")");
        }
        return ((long) file << Integer.SIZE) | row;
    }

    public static int file(long location) {
        return (int) (location >>> Integer.SIZE);
    }

    public static int row(long location) {
        return (int) location;
    }
}
