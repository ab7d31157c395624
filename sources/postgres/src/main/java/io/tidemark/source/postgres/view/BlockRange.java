package io.tidemark.source.postgres.view;

/**
 * A range of heap blocks.
 *
 * @param from first block
 * @param to block after the last one; -1 for no bound, so that rows which arrive behind the known end belong to it
 */
public record BlockRange(long from, long to) {
    /** All blocks. */
    public static final BlockRange ALL = new BlockRange(0, -1);

    private static final long UNBOUNDED = -1;
    private static final long BLOCKS_MAX = 0xFFFFFFFFL;

    public BlockRange {
        if (from < 0 || from > BLOCKS_MAX || (to != UNBOUNDED && (to <= from || to > BLOCKS_MAX))) {
            throw new IllegalArgumentException("Cannot use block range (from=" + from + ", to=" + to + ")");
        }
    }

    /** Reads what {@link #toString} wrote. */
    public static BlockRange parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("Cannot read block range: must read from-to (range=" + text + ")");
        }
        String to = text.substring(dash + 1);
        return new BlockRange(Long.parseLong(text.substring(0, dash)), to.isEmpty() ? UNBOUNDED : Long.parseLong(to));
    }

    /** The condition that rows of the range fulfil; the planner makes a TID range scan of it. */
    public String condition() {
        String lower = "ctid >= '(" + from + ",0)'::tid";
        return to == UNBOUNDED ? lower : lower + " and ctid < '(" + to + ",0)'::tid";
    }

    @Override
    public String toString() {
        return from + "-" + (to == UNBOUNDED ? "" : to);
    }
}
