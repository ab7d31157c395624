package io.tidemark.source.postgres.type;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;

/** What decoding a value can end with. None of these hold the value. */
final class ValueErrors {
    private ValueErrors() {}

    /** The bytes are no value of the type. */
    static TidemarkException malformed(String reason) {
        return new TidemarkException(ErrorCode.SOURCE_PROTOCOL, "Cannot decode value: " + reason);
    }

    /** The value exists in Postgres and not in the column type. */
    static TidemarkException unrepresentable(String reason) {
        return new TidemarkException(ErrorCode.SOURCE_VALUE, "Cannot represent value: " + reason);
    }

    static void checkLength(int length, int expected) {
        if (length != expected) {
            throw malformed("unexpected length (bytes=" + length + ", expected=" + expected + ")");
        }
    }
}
