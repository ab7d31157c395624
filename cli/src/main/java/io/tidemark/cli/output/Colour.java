package io.tidemark.cli.output;

/** The colours in use, each with one meaning. */
public enum Colour {
    /** As it should be. */
    GOOD("\u001b[32m"),
    /** On its way, or worth a look. */
    NOTICE("\u001b[33m"),
    /** Failed. */
    BAD("\u001b[31m"),
    /** Headings. */
    STRONG("\u001b[1m"),
    /** Beside the point. */
    FAINT("\u001b[2m");

    static final String RESET = "\u001b[0m";

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    String code() {
        return code;
    }
}
