package io.tidemark.source.postgres.type;

/** Text of the geometric types. */
final class GeometryText {
    private static final int POINT_BYTES = 16;

    private GeometryText() {}

    static void point(TextOut out, ValueReader in) {
        out.put('(');
        FloatText.float8(out, in);
        out.put(',');
        FloatText.float8(out, in);
        out.put(')');
    }

    static void segment(TextOut out, ValueReader in) {
        out.put('[');
        putPoints(out, in, 2);
        out.put(']');
    }

    static void box(TextOut out, ValueReader in) {
        putPoints(out, in, 2);
    }

    static void path(TextOut out, ValueReader in) {
        boolean closed = in.uint8() != 0;
        out.put(closed ? '(' : '[');
        putPoints(out, in, in.count(POINT_BYTES));
        out.put(closed ? ')' : ']');
    }

    static void polygon(TextOut out, ValueReader in) {
        out.put('(');
        putPoints(out, in, in.count(POINT_BYTES));
        out.put(')');
    }

    static void circle(TextOut out, ValueReader in) {
        out.put('<');
        point(out, in);
        out.put(',');
        FloatText.float8(out, in);
        out.put('>');
    }

    static void line(TextOut out, ValueReader in) {
        out.put('{');
        FloatText.float8(out, in);
        out.put(',');
        FloatText.float8(out, in);
        out.put(',');
        FloatText.float8(out, in);
        out.put('}');
    }

    private static void putPoints(TextOut out, ValueReader in, int count) {
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.put(',');
            }
            point(out, in);
        }
    }
}
