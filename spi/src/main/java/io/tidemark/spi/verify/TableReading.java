package io.tidemark.spi.verify;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One side of a comparison: the rows of a table at one position, read by the engine that holds them. The two sides share this definition and
 * no code.
 *
 * <p>Canonical text of a value, by {@linkplain io.tidemark.spi.schema.ColumnType.Kind type}: BOOLEAN {@code t} or {@code f}; INT32, INT64
 * decimal; FLOAT32, FLOAT64 the IEEE bits as 8 or 16 lower-case hexadecimal digits, every NaN as {@code 7fc00000} or {@code 7ff8000000000000};
 * DECIMAL plain with exactly {@code scale} digits after the point, no point for scale 0; STRING itself; BYTES lower-case hexadecimal; UUID
 * lower case with dashes; DATE days since 1970-01-01; TIME microseconds since midnight; TIMESTAMP and TIMESTAMP_TZ microseconds since
 * 1970-01-01T00:00:00(Z); LIST the text of the list of its elements; STRUCT the text of the list of its fields' values, in their order; MAP
 * the text of the list of its entries by the bytes of their keys, each the text of the list of key and value.
 *
 * <p>Text of a list of values: for each, {@code -} when null, else the length of its canonical text in UTF-8 bytes in decimal, {@code :}, and
 * the text; one after the other without separators. That of no values is the empty text.
 *
 * <p>Hash of a row: MD5 of the text of all its columns in schema order. Its digest is added as two numbers: bytes 0 to 7 and bytes 8 to 15,
 * each a signed big-endian 64-bit integer. Bucket of a row: the first two bytes of the MD5 of the text of its key columns in key order (of all
 * columns when the table has no key), as an unsigned number, modulo the number of buckets.
 */
public interface TableReading {
    /** Digests of all buckets that hold a row, ordered by bucket. */
    List<BucketDigest> digests(DigestRequest request);

    /** Visits the rows of some buckets, in any order. */
    void rows(DigestRequest request, Set<Integer> buckets, RowVisitor visitor);

    /** Receives rows. */
    interface RowVisitor {
        /** Canonical texts of all columns in schema order; null for null. The list is new for each call. */
        void row(List<@Nullable String> values);
    }
}
