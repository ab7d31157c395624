package io.tidemark.source.postgres.type;

/** Text of plain values. */
final class ScalarText {
    private ScalarText() {}

    static void bool(TextOut out, ValueReader in) {
        out.put(in.int8() != 0 ? 't' : 'f');
    }

    static void int2(TextOut out, ValueReader in) {
        out.putLong(in.int16());
    }

    static void int4(TextOut out, ValueReader in) {
        out.putLong(in.int32());
    }

    static void int8(TextOut out, ValueReader in) {
        out.putLong(in.int64());
    }

    static void uint4(TextOut out, ValueReader in) {
        out.putLong(in.int32() & 0xFFFFFFFFL);
    }

    static void uint8(TextOut out, ValueReader in) {
        out.put(Long.toUnsignedString(in.int64()));
    }

    /** Also labels of enums and every other type that is its own text. */
    static void text(TextOut out, ValueReader in) {
        int length = in.remaining();
        out.put(in.buffer(), in.skip(length), length);
    }

    /** Text behind a version byte: jsonb, jsonpath, ltree. */
    static void versionedText(TextOut out, ValueReader in) {
        int version = in.uint8();
        if (version != 1) {
            throw ValueErrors.malformed("unknown version of its text (version=" + version + ")");
        }
        text(out, in);
    }

    /** One byte: shown itself when ASCII, as an octal escape when not, and nothing for zero. */
    static void singleChar(TextOut out, ValueReader in) {
        int value = in.uint8();
        if (value >= 0x80) {
            out.put('\\').put((char) ('0' + (value >> 6))).put((char) ('0' + (value >> 3 & 7)));
            out.put((char) ('0' + (value & 7)));
        } else if (value != 0) {
            out.put((char) value);
        }
    }

    static void bytea(TextOut out, ValueReader in) {
        int length = in.remaining();
        out.put("\\x").putHex(in.buffer(), in.skip(length), length);
    }

    static void uuid(TextOut out, ValueReader in) {
        byte[] buffer = in.buffer();
        int at = in.skip(16);
        out.putHex(buffer, at, 4).put('-').putHex(buffer, at + 4, 2).put('-').putHex(buffer, at + 6, 2);
        out.put('-').putHex(buffer, at + 8, 2).put('-').putHex(buffer, at + 10, 6);
    }

    static void bits(TextOut out, ValueReader in) {
        int bits = in.int32();
        if (bits < 0 || ((long) bits + 7) / 8 != in.remaining()) {
            throw ValueErrors.malformed("impossible count of bits (count=" + bits + ")");
        }
        byte[] buffer = in.buffer();
        int at = in.skip(in.remaining());
        for (int i = 0; i < bits; i++) {
            out.put((buffer[at + (i >> 3)] & (0x80 >> (i & 7))) != 0 ? '1' : '0');
        }
    }

    static void lsn(TextOut out, ValueReader in) {
        int high = in.int32();
        int low = in.int32();
        out.put(Integer.toHexString(high).toUpperCase(java.util.Locale.ROOT)).put('/');
        out.put(Integer.toHexString(low).toUpperCase(java.util.Locale.ROOT));
    }

    static void tid(TextOut out, ValueReader in) {
        out.put('(')
                .putLong(in.int32() & 0xFFFFFFFFL)
                .put(',')
                .putLong(in.uint16())
                .put(')');
    }
}
