package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.ColumnVector;

/** Decodes values of one type. May keep a buffer between calls, so each thread has its own. */
public interface ValueDecoder {
    /**
     * Appends one value in the binary form of the type's send function. The vector may hold a half-appended row after an exception.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_VALUE} for a value that the column type cannot represent,
     *     {@code SOURCE_TYPE} when the type is not supported, {@code SOURCE_SCHEMA_CHANGED} for a composite value whose fields are not those of
     *     its type, {@code SOURCE_PROTOCOL} for bytes that are no value of the type
     */
    void append(ColumnVector out, byte[] buffer, int offset, int length);
}
