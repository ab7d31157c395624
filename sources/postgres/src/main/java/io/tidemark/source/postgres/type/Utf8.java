package io.tidemark.source.postgres.type;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Checks that bytes are UTF-8. */
final class Utf8 {
    private Utf8() {}

    static void check(byte[] buffer, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (buffer[i] < 0) {
                checkWhole(buffer, i, end - i);
                return;
            }
        }
    }

    private static void checkWhole(byte[] buffer, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, offset, length));
        } catch (CharacterCodingException e) {
            throw ValueErrors.unrepresentable(
                    "the text is not UTF-8, and the database does not say what it is (encoding=SQL_ASCII)");
        }
    }
}
