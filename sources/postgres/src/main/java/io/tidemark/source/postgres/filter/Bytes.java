package io.tidemark.source.postgres.filter;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Text in UTF-8 or the bytes of a UUID, compared byte by byte. */
final class Bytes implements Literal {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private static final int UUID_BYTES = 16;

    private final byte[] value;
    private final Form form;
    private final String sql;

    /** What the bytes are. */
    private enum Form {
        TEXT,
        PADDED_TEXT,
        UUID
    }

    private Bytes(byte[] value, Form form, String sql) {
        this.value = value;
        this.form = form;
        this.sql = sql;
    }

    /** Reads a text; in SQL it is {@code bytea}, which no encoding and no collation changes. */
    static Bytes parseText(String text) {
        byte[] value = utf8(text);
        return new Bytes(value, Form.TEXT, bytea(value));
    }

    /** Reads a text that is compared with values of {@code char(n)}, whose blanks at the end do not count. */
    static Bytes parsePadded(String text) {
        byte[] padded = utf8(text);
        byte[] value = Arrays.copyOf(padded, unpadded(padded, 0, padded.length));
        return new Bytes(value, Form.PADDED_TEXT, bytea(value));
    }

    static Bytes parseUuid(String text) {
        if (!UUID.matcher(text).matches()) {
            throw new IllegalArgumentException("a UUID is wanted, such as a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return new Bytes(HexFormat.of().parseHex(lower.replace("-", "")), Form.UUID, "'" + lower + "'::uuid");
    }

    @Override
    public int compare(byte[] buffer, int offset, int length) {
        if (form == Form.UUID) {
            Literal.checkLength(length, UUID_BYTES);
        }
        int end = offset + (form == Form.PADDED_TEXT ? unpadded(buffer, offset, length) : length);
        return Arrays.compareUnsigned(buffer, offset, end, value, 0, value.length);
    }

    @Override
    public String sql() {
        return sql;
    }

    private static int unpadded(byte[] buffer, int offset, int length) {
        int kept = length;
        while (kept > 0 && buffer[offset + kept - 1] == ' ') {
            kept--;
        }
        return kept;
    }

    private static byte[] utf8(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no text holds the character NUL");
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is no Unicode text", e);
        }
    }

    private static String bytea(byte[] value) {
        return "'\\x" + HexFormat.of().formatHex(value) + "'::bytea";
    }
}
