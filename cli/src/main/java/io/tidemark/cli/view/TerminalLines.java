package io.tidemark.cli.view;

import io.tidemark.cli.output.Terminal;
import java.util.List;

/** Lines that fit on a terminal. */
final class TerminalLines {
    private TerminalLines() {}

    static List<String> fit(List<String> lines, Terminal terminal) {
        return lines.stream().map(line -> fit(line, terminal)).toList();
    }

    /** The line cut to the width; escape sequences take no room and are kept whole. */
    static String fit(String line, Terminal terminal) {
        StringBuilder fitted = new StringBuilder();
        int room = terminal.columns() - 1;
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '\u001b') {
                int end = line.indexOf('m', at);
                int next = end < 0 ? line.length() : end + 1;
                fitted.append(line, at, next);
                at = next;
            } else {
                // A character of two code units, or a wide one, takes two places.
                int length = Character.charCount(line.codePointAt(at));
                int width = line.codePointAt(at) >= 0x1100 ? 2 : 1;
                if (room >= width) {
                    fitted.append(line, at, at + length);
                }
                room -= width;
                at += length;
            }
        }
        return fitted.toString();
    }
}
