package io.tidemark.spi.verify;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.StructVector;
import java.nio.charset.StandardCharsets;

/** Canonical text of lists, structs and maps: that of a list of values. Lengths in it are bytes of UTF-8. */
final class NestedText {
    private final byte[] text;
    private int at;

    private NestedText(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(ColumnVector column, int row) {
        StringBuilder out = new StringBuilder();
        if (column instanceof ListVector list) {
            for (int i = list.start(row); i < list.end(row); i++) {
                write(list.element(), i, out);
            }
        } else if (column instanceof StructVector struct) {
            struct.fields().forEach(field -> write(field, row, out));
        }
        return out.toString();
    }

    /** Appends the value; when the text is none the column is as it was. */
    static void append(ColumnVector column, String text) {
        int size = column.size();
        try {
            new NestedText(text).read(column);
        } catch (RuntimeException e) {
            column.truncate(size);
            throw new IllegalArgumentException("Cannot read a nested value: it is none of its type", e);
        }
    }

    private static void write(ColumnVector values, int row, StringBuilder out) {
        if (values.isPresent(row)) {
            String text = CanonicalText.text(values, row);
            out.append(text.getBytes(StandardCharsets.UTF_8).length).append(':').append(text);
        } else {
            out.append('-');
        }
    }

    private void read(ColumnVector column) {
        if (column instanceof ListVector list) {
            list.begin();
            while (at < text.length) {
                readItem(list.element());
            }
        } else if (column instanceof StructVector struct) {
            struct.begin();
            struct.fields().forEach(this::readItem);
            if (at != text.length) {
                throw new IllegalArgumentException("it has too many fields");
            }
        }
    }

    private void readItem(ColumnVector into) {
        if (text[at] == '-') {
            at++;
            into.appendNull();
            return;
        }
        int start = at;
        while (text[at] != ':') {
            at++;
        }
        int length = Integer.parseInt(new String(text, start, at - start, StandardCharsets.UTF_8));
        at++;
        if (length < 0 || length > text.length - at) {
            throw new IllegalArgumentException("it ends too early");
        }
        CanonicalText.append(into, new String(text, at, length, StandardCharsets.UTF_8));
        at += length;
    }
}
