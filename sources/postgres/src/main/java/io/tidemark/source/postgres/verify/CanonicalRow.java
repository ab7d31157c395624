package io.tidemark.source.postgres.verify;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of canonical texts, read from a line of a text COPY (manual, COPY, "Text Format": tabs between fields, {@code \N} for null, backslash
 * escapes) and turned into the text of a list of values, in which each value is preceded by its length. Reused from row to row; one thread.
 */
final class CanonicalRow {
    private static final long GROWTH_BYTES_MAX = 32L << 20;

    private final int fields;
    private final int[] keyIndexes;
    private final int[] starts;
    private final int[] textStarts;
    private final MessageDigest digest;
    private final byte[] hash = new byte[16];
    private byte[] list = new byte[256];
    private int size;
    private byte[] key = new byte[64];

    /**
     * A row.
     *
     * @param keyIndexes places of the key columns in key order; empty when all columns together are the key
     */
    CanonicalRow(int fields, int[] keyIndexes) {
        this.fields = fields;
        this.keyIndexes = keyIndexes;
        this.starts = new int[fields + 1];
        this.textStarts = new int[fields];
        try {
            this.digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot hash rows: this Java has no MD5", e);
        }
    }

    /** Reads a line with its line feed. */
    void read(byte[] line) {
        size = 0;
        int end = line.length - 1;
        if (end < 0 || line[end] != '\n') {
            throw malformed("a line is not ended");
        }
        int at = 0;
        for (int field = 0; field < fields; field++) {
            starts[field] = size;
            at = readField(field, line, at, end);
            if ((at < end && line[at] != '\t') || (at == end && field < fields - 1)) {
                throw malformed("wrong number of fields");
            }
            at++;
        }
        starts[fields] = size;
        if (fields > 0 && at != end + 1) {
            throw malformed("wrong number of fields");
        }
    }

    /** Computes the hash of the whole row; its halves are then {@link #high} and {@link #low}. */
    void hashRow() {
        digest(list, size);
    }

    /** Bytes 0 to 7 of the hash. */
    long high() {
        return half(0);
    }

    /** Bytes 8 to 15 of the hash. */
    long low() {
        return half(8);
    }

    /** Bucket of the row; overwrites the hash. */
    int bucket(int buckets) {
        if (keyIndexes.length == 0) {
            digest(list, size);
        } else {
            int length = 0;
            for (int index : keyIndexes) {
                int bytes = starts[index + 1] - starts[index];
                if (length + bytes > key.length) {
                    key = Arrays.copyOf(key, Math.max(length + bytes, key.length * 2));
                }
                System.arraycopy(list, starts[index], key, length, bytes);
                length += bytes;
            }
            digest(key, length);
        }
        return (((hash[0] & 0xFF) << 8) | (hash[1] & 0xFF)) & (buckets - 1);
    }

    /** The canonical texts. */
    List<@Nullable String> texts() {
        List<@Nullable String> texts = new ArrayList<>(fields);
        for (int i = 0; i < fields; i++) {
            texts.add(
                    textStarts[i] < 0
                            ? null
                            : new String(list, textStarts[i], starts[i + 1] - textStarts[i], StandardCharsets.UTF_8));
        }
        return texts;
    }

    /** Appends a field to the list and returns where it ended in the line. */
    private int readField(int field, byte[] line, int start, int end) {
        int at = start;
        while (at < end && line[at] != '\t' && line[at] != '\\') {
            at++;
        }
        if (at == end || line[at] == '\t') {
            appendLength(at - start);
            textStarts[field] = size;
            append(line, start, at - start);
            return at;
        }
        if (at == start && at + 1 < end && line[at + 1] == 'N') {
            textStarts[field] = -1;
            reserve(1);
            list[size++] = '-';
            return at + 2;
        }
        return readEscaped(field, line, start, end);
    }

    private int readEscaped(int field, byte[] line, int start, int end) {
        int length = 0;
        int at = start;
        while (at < end && line[at] != '\t') {
            at += line[at] == '\\' ? 2 : 1;
            length++;
        }
        if (at > end) {
            throw malformed("a line ends in an escape");
        }
        appendLength(length);
        textStarts[field] = size;
        reserve(length);
        for (int from = start; from < at; from++) {
            byte value = line[from];
            list[size++] = value == '\\' ? unescaped(line[++from]) : value;
        }
        return at;
    }

    /** What stands for the character behind a backslash; Postgres writes no numeric escapes. */
    private static byte unescaped(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            case '\\' -> '\\';
            default -> throw malformed("unknown escape");
        };
    }

    private void appendLength(int length) {
        reserve(11);
        int digits = 1;
        for (int rest = length; rest >= 10; rest /= 10) {
            digits++;
        }
        int rest = length;
        for (int at = size + digits - 1; at >= size; at--) {
            list[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        list[size++] = ':';
    }

    private void append(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, list, size, length);
        size += length;
    }

    private void reserve(int more) {
        long needed = (long) size + more;
        if (needed > list.length) {
            if (needed > Integer.MAX_VALUE - 16) {
                throw malformed("a row is longer than 2 GiB");
            }
            long grown = list.length + Math.min(list.length, GROWTH_BYTES_MAX);
            list = Arrays.copyOf(list, (int) Math.min(Math.max(needed, grown), Integer.MAX_VALUE - 16));
        }
    }

    private void digest(byte[] bytes, int length) {
        digest.update(bytes, 0, length);
        try {
            digest.digest(hash, 0, hash.length);
        } catch (java.security.DigestException e) {
            throw new IllegalStateException("Cannot hash rows", e);
        }
    }

    private long half(int from) {
        long value = 0;
        for (int i = from; i < from + 8; i++) {
            value = (value << 8) | (hash[i] & 0xFF);
        }
        return value;
    }

    private static TidemarkException malformed(String reason) {
        return new TidemarkException(ErrorCode.SOURCE_PROTOCOL, "Cannot read copied text: " + reason);
    }
}
