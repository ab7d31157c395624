package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;

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
            Utf8.check(text.bytes(), 0, text.size());
        }
        ((BytesVector) out).append(text.bytes(), 0, text.size());
    }
}
