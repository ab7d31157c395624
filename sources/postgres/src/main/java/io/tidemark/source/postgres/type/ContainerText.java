package io.tidemark.source.postgres.type;

import java.util.function.IntFunction;

/** Text of values that hold values: arrays, rows, ranges. */
final class ContainerText {
    private static final int DIMENSIONS_MAX = 6;

    private ContainerText() {}

    /** Finds the text form of a type by oid, also while another one is being found; throws {@code SOURCE_TYPE} when there is none. */
    interface Forms extends IntFunction<TextForm> {}

    /** Dimensions, flags, element type, size and lower bound of each dimension, elements in row-major order. */
    static TextForm array(TextForm element, char delimiter) {
        String specials = "{}" + delimiter;
        return (out, in) -> {
            int dimensions = in.int32();
            in.skip(8);
            if (dimensions < 0 || dimensions > DIMENSIONS_MAX) {
                throw ValueErrors.malformed("impossible count of dimensions (count=" + dimensions + ")");
            }
            if (dimensions == 0) {
                out.put("{}");
                return;
            }
            int[] sizes = new int[dimensions];
            int[] lowerBounds = new int[dimensions];
            boolean showsBounds = false;
            long items = 1;
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = in.count(0);
                lowerBounds[i] = in.int32();
                showsBounds |= lowerBounds[i] != 1;
                items *= sizes[i];
                if (items * 4 > in.remaining()) {
                    throw ValueErrors.malformed("impossible count of elements (count=" + items + ")");
                }
            }
            if (items == 0) {
                out.put("{}");
                return;
            }
            if (showsBounds) {
                for (int i = 0; i < dimensions; i++) {
                    long upper = (long) lowerBounds[i] + sizes[i] - 1;
                    out.put('[').putLong(lowerBounds[i]).put(':').putLong(upper).put(']');
                }
                out.put('=');
            }
            putDimension(out, in, sizes, 0, element, specials);
        };
    }

    /** The old vectors of the catalog: elements separated by blanks. */
    static TextForm vector(TextForm element) {
        return (out, in) -> {
            in.skip(12);
            int items = in.count(4);
            in.skip(4);
            for (int i = 0; i < items; i++) {
                if (i > 0) {
                    out.put(' ');
                }
                int outer = in.enter(in.int32());
                element.write(out, in);
                in.leave(outer);
            }
        };
    }

    /** Count of fields; for each its type, length or -1, and value. */
    static TextForm row(Forms forms) {
        return (out, in) -> {
            int fields = in.count(8);
            out.put('(');
            for (int i = 0; i < fields; i++) {
                if (i > 0) {
                    out.put(',');
                }
                int type = in.int32();
                int length = in.int32();
                if (length == -1) {
                    continue;
                }
                int start = out.size();
                int outer = in.enter(length);
                forms.apply(type).write(out, in);
                in.leave(outer);
                if (needsQuotes(out, start, "(),")) {
                    out.quoteFrom(start, false);
                }
            }
            out.put(')');
        };
    }

    /** Flags, then the bounds that are there. */
    static TextForm range(TextForm subtype) {
        return (out, in) -> {
            int flags = in.uint8();
            if ((flags & 0x01) != 0) {
                out.put("empty");
                return;
            }
            out.put((flags & 0x02) != 0 ? '[' : '(');
            if ((flags & 0x08) == 0) {
                putBound(out, in, subtype);
            }
            out.put(',');
            if ((flags & 0x10) == 0) {
                putBound(out, in, subtype);
            }
            out.put((flags & 0x04) != 0 ? ']' : ')');
        };
    }

    static TextForm multirange(TextForm range) {
        return (out, in) -> {
            int ranges = in.count(4);
            out.put('{');
            for (int i = 0; i < ranges; i++) {
                if (i > 0) {
                    out.put(',');
                }
                int outer = in.enter(in.int32());
                range.write(out, in);
                in.leave(outer);
            }
            out.put('}');
        };
    }

    private static void putDimension(
            TextOut out, ValueReader in, int[] sizes, int dimension, TextForm element, String specials) {
        out.put('{');
        for (int i = 0; i < sizes[dimension]; i++) {
            if (i > 0) {
                out.put(specials.charAt(2));
            }
            if (dimension + 1 < sizes.length) {
                putDimension(out, in, sizes, dimension + 1, element, specials);
            } else {
                putElement(out, in, element, specials);
            }
        }
        out.put('}');
    }

    private static void putElement(TextOut out, ValueReader in, TextForm element, String specials) {
        int length = in.int32();
        if (length == -1) {
            out.put("NULL");
            return;
        }
        int start = out.size();
        int outer = in.enter(length);
        element.write(out, in);
        in.leave(outer);
        if (needsQuotes(out, start, specials) || isNullWord(out, start)) {
            out.quoteFrom(start, true);
        }
    }

    private static void putBound(TextOut out, ValueReader in, TextForm subtype) {
        int start = out.size();
        int outer = in.enter(in.int32());
        subtype.write(out, in);
        in.leave(outer);
        if (needsQuotes(out, start, "()[],")) {
            out.quoteFrom(start, false);
        }
    }

    /** Empty text and text with quotes, backslashes, white space or one of the special characters is quoted. */
    private static boolean needsQuotes(TextOut out, int start, String specials) {
        byte[] bytes = out.bytes();
        for (int i = start; i < out.size(); i++) {
            byte value = bytes[i];
            if (value == '"'
                    || value == '\\'
                    || value == ' '
                    || (value >= '\t' && value <= '\r')
                    || specials.indexOf(value) >= 0) {
                return true;
            }
        }
        return out.size() == start;
    }

    private static boolean isNullWord(TextOut out, int start) {
        byte[] bytes = out.bytes();
        return out.size() - start == 4
                && (bytes[start] | 0x20) == 'n'
                && (bytes[start + 1] | 0x20) == 'u'
                && (bytes[start + 2] | 0x20) == 'l'
                && (bytes[start + 3] | 0x20) == 'l';
    }
}
