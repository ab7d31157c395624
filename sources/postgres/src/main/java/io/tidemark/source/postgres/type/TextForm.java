package io.tidemark.source.postgres.type;

/**
 * Writes a value as the type's output function prints it with {@code datestyle=ISO}, {@code timezone=UTC}, {@code intervalstyle=postgres},
 * {@code extra_float_digits=1} and {@code bytea_output=hex}. Has no state.
 */
interface TextForm {
    /** Writes the value that the reader is at, and reads it to its end. */
    void write(TextOut out, ValueReader in);
}
