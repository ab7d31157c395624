package io.tidemark.testkit.lake;

/** The ways of {@link io.tidemark.spi.lake.LakeTableSpec#partitions} to partition by a column. */
public enum Transform {
    YEAR("year(%s)"),
    MONTH("month(%s)"),
    DAY("day(%s)"),
    HOUR("hour(%s)"),
    BUCKET("bucket(4, %s)"),
    TRUNCATE("truncate(3, %s)"),
    IDENTITY("%s");

    private final String pattern;

    Transform(String pattern) {
        this.pattern = pattern;
    }

    /** The partition field of a column. */
    public String of(String column) {
        return String.format(pattern, column);
    }
}
