package io.tidemark.spi.slice;

/** Formats of the files of slices. A file tells its own by the ending of its name, so that a log may hold several. */
public enum SliceFormat {
    /** Parquet: small, fast, and read by the history's SQL. */
    PARQUET(".parquet"),
    /** A JSON object a line, for people and for programs without a Parquet library. */
    JSONL(".jsonl");

    private final String ending;

    SliceFormat(String ending) {
        this.ending = ending;
    }

    /** What names of files end with. */
    public String ending() {
        return ending;
    }

    /** The format of the file at a path; PARQUET for an ending that is none of these. */
    public static SliceFormat of(String path) {
        return path.endsWith(JSONL.ending) ? JSONL : PARQUET;
    }
}
