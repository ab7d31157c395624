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

    /** The value is of another form of its type than the one that was read from the catalog. */
    static TidemarkException changed() {
        return new TidemarkException(
                ErrorCode.SOURCE_SCHEMA_CHANGED, "Cannot decode value: the fields of its composite type have changed");
    }

    static void checkLength(int length, int expected) {
        if (length != expected) {
            throw malformed("unexpected length (bytes=" + length + ", expected=" + expected + ")");
        }
    }
}
