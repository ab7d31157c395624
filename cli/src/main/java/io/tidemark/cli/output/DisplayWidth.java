package io.tidemark.cli.output;

import org.jspecify.annotations.Nullable;

/** How many terminal columns a text takes, and texts made safe for a terminal. */
final class DisplayWidth {
    private DisplayWidth() {}

    static int of(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            width += of(codePoint);
            i += Character.charCount(codePoint);
        }
        return width;
    }

    /** The text if it fits, else its start and an ellipsis. */
    static String cut(String text, int columns) {
        if (of(text) <= columns) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            width += of(codePoint);
            if (width > columns - 1) {
                break;
            }
            cut.appendCodePoint(codePoint);
            i += Character.charCount(codePoint);
        }
        return cut.append('…').toString();
    }

    /** The text on one line, with what could steer a terminal (escape sequences, direction marks) written out. */
    static String visible(String text) {
        StringBuilder visible = null;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            String written = written(codePoint);
            if (written != null && visible == null) {
                visible = new StringBuilder(text.substring(0, i));
            }
            if (visible != null) {
                if (written == null) {
                    visible.appendCodePoint(codePoint);
                } else {
                    visible.append(written);
                }
            }
            i += Character.charCount(codePoint);
        }
        return visible == null ? text : visible.toString();
    }

    private static @Nullable String written(int codePoint) {
        if (codePoint == '\n' || codePoint == '\r' || codePoint == '\t') {
            return codePoint == '\n' ? "\\n" : codePoint == '\r' ? "\\r" : "\\t";
        }
        int type = Character.getType(codePoint);
        boolean steers = Character.isISOControl(codePoint)
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || (codePoint >= 0x202A && codePoint <= 0x202E)
                || (codePoint >= 0x2066 && codePoint <= 0x2069);
        return steers ? String.format("\\u%04x", codePoint) : null;
    }

    private static int of(int codePoint) {
        if (codePoint < 0x300) {
            return 1;
        }
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        // The wide blocks of Unicode's East Asian Width table: Hangul, CJK, full-width forms, emoji.
        boolean wide = (codePoint >= 0x1100 && codePoint <= 0x115F)
                || (codePoint >= 0x2E80 && codePoint <= 0xA4CF)
                || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)
                || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
                || (codePoint >= 0xFE30 && codePoint <= 0xFE6F)
                || (codePoint >= 0xFF00 && codePoint <= 0xFF60)
                || (codePoint >= 0xFFE0 && codePoint <= 0xFFE6)
                || (codePoint >= 0x1F300 && codePoint <= 0x1FAFF)
                || (codePoint >= 0x20000 && codePoint <= 0x3FFFD);
        return wide ? 2 : 1;
    }
}
