package io.tidemark.spi.source;

/**
 * How far a partition was read.
 *
 * @param kind what the value means
 * @param value the source's own name of an event, or an ISO-8601 time; else empty
 */
public record PartitionPosition(Kind kind, String value) {
    /** What a position says. */
    public enum Kind {
        /** Nothing was read: the oldest event that the source keeps is next. */
        BEGINNING,
        /** Nothing was read: events that happened at the time or later are wanted, earlier ones may come too. */
        SINCE,
        /** The event was read: the one after it is next. */
        AFTER,
        /** The partition is closed and was read to its end. */
        ENDED
    }

    public static final PartitionPosition BEGINNING = new PartitionPosition(Kind.BEGINNING, "");
    public static final PartitionPosition ENDED = new PartitionPosition(Kind.ENDED, "");

    public static PartitionPosition since(java.time.Instant time) {
        return new PartitionPosition(Kind.SINCE, time.toString());
    }

    public static PartitionPosition after(String event) {
        return new PartitionPosition(Kind.AFTER, event);
    }

    public boolean isEnded() {
        return kind == Kind.ENDED;
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException when it is no position
     */
    public static PartitionPosition parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        return new PartitionPosition(
                Kind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), colon < 0 ? "" : text.substring(colon + 1));
    }

    /** {@code beginning}, {@code since:2026-11-20T08:31:00Z}, {@code after:1234}, {@code ended}. */
    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return value.isEmpty() ? name : name + ":" + value;
    }
}
