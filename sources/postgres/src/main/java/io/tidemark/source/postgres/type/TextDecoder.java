package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes a value to its text. */
final class TextDecoder implements ValueDecoder {
    private final TextForm form;
    private final boolean checks;
    private final TextOut text = new TextOut();
    private final ValueReader reader = new ValueReader();

    TextDecoder(TextForm form, boolean checks) {
        this.form = form;
        this.checks = checks;
    }

    @Override
    public void append(ColumnVector out, byte[] buffer, int offset, int length) {
        text.clear();
        reader.reset(buffer, offset, length);
        form.write(text, reader);
        reader.end();
        if (checks) {
            checkUtf8(text.bytes(), 0, text.size());
        }
        ((BytesVector) out).append(text.bytes(), 0, text.size());
    }

    /** Databases of encoding SQL_ASCII do not check what they are given. */
    static void checkUtf8(byte[] buffer, int offset, int length) {
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
