package io.tidemark.source.postgres.connection;

/** Values as SQL text, for statements that take no parameters. */
public final class SqlText {
    private SqlText() {}

    /**
     * A string literal; sessions run with {@code standard_conforming_strings = on}, where a quote is the only special character.
     *
     * @throws IllegalArgumentException when the text holds the character NUL, which Postgres cannot
     */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Cannot write a text that holds the character NUL");
        }
        return "'" + text.replace("'", "''") + "'";
    }
}
