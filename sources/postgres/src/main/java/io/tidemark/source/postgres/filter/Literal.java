package io.tidemark.source.postgres.filter;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;

/** A value that values of a column are compared with. Immutable. */
interface Literal {
    /**
     * How a value of the column stands to this one: negative when it is less, 0 when it is equal, positive when it is greater.
     *
     * @param buffer holds the value in the binary form of its type's send function
     * @throws TidemarkException {@code SOURCE_PROTOCOL} for bytes that are no value of the type
     */
    int compare(byte[] buffer, int offset, int length);

    /** This value as SQL, of the type that {@link FilterType#expression} gives. */
    String sql();

    /** Checks the length of a value whose type has only one. */
    static void checkLength(int length, int expected) {
        if (length != expected) {
            throw malformed("unexpected length (bytes=" + length + ", expected=" + expected + ")");
        }
    }

    /** The bytes are no value of the type. */
    static TidemarkException malformed(String reason) {
        return new TidemarkException(ErrorCode.SOURCE_PROTOCOL, "Cannot compare value: " + reason);
    }
}
