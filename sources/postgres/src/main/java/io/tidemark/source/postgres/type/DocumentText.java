package io.tidemark.source.postgres.type;

/** Text of {@code tsvector} and {@code hstore}. */
final class DocumentText {
    private static final String WEIGHTS = "DCBA";

    private DocumentText() {}

    /** Lexemes, each ended by a zero byte, with positions whose upper two bits are the weight; the default weight is not shown. */
    static void tsvector(TextOut out, ValueReader in) {
        int lexemes = in.count(3);
        for (int i = 0; i < lexemes; i++) {
            if (i > 0) {
                out.put(' ');
            }
            out.put('\'');
            for (int letter = in.int8(); letter != 0; letter = in.int8()) {
                if (letter == '\'' || letter == '\\') {
                    out.put((char) letter);
                }
                out.putByte(letter);
            }
            out.put('\'');
            int positions = in.uint16();
            for (int p = 0; p < positions; p++) {
                int position = in.uint16();
                out.put(p == 0 ? ':' : ',').putLong(position & 0x3FFF);
                if (position >> 14 != 0) {
                    out.put(WEIGHTS.charAt(position >> 14));
                }
            }
        }
    }

    /** Pairs of length, key, length or -1 for null, value. */
    static void hstore(TextOut out, ValueReader in) {
        int pairs = in.count(8);
        for (int i = 0; i < pairs; i++) {
            if (i > 0) {
                out.put(", ");
            }
            putQuoted(out, in, in.int32());
            out.put("=>");
            int length = in.int32();
            if (length == -1) {
                out.put("NULL");
            } else {
                putQuoted(out, in, length);
            }
        }
    }

    private static void putQuoted(TextOut out, ValueReader in, int length) {
        int start = out.size();
        out.put(in.buffer(), in.skip(length), length);
        out.quoteFrom(start, true);
    }
}
