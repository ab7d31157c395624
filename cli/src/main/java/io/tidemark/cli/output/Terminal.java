package io.tidemark.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err errors, progress and logs
 * @param interactive whether {@code out} is a terminal, so that colours, redrawing and cutting to the width make sense
 * @param colours whether colours are wanted: on a terminal, unless {@code NO_COLOR} is set
 * @param columns width of the terminal in characters
 * @param lines height of the terminal
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colours, int columns, int lines) {
    /** Set by the launcher to the width when standard output is a terminal, and to 0 when it is not. */
    static final String COLUMNS_PROPERTY = "tidemark.terminal.columns";

    /** Set by the launcher to the height. */
    static final String LINES_PROPERTY = "tidemark.terminal.lines";

    private static final int COLUMNS_DEFAULT = 80;
    private static final int LINES_DEFAULT = 24;
    private static final int COLUMNS_LEAST = 40;

    /** The process's own streams, in UTF-8 whatever the locale. */
    public static Terminal system(Map<String, String> environment) {
        int columns = Integer.getInteger(COLUMNS_PROPERTY, Consoles.find().isPresent() ? COLUMNS_DEFAULT : 0);
        boolean interactive = columns > 0 && !"dumb".equals(environment.get("TERM"));
        // NO_COLOR counts when it is set to anything but the empty string (no-color.org).
        boolean colours =
                interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                stream(FileDescriptor.out, Flush.BY_WRITER),
                stream(FileDescriptor.err, Flush.BY_LINE),
                interactive,
                colours,
                columns > 0 ? Math.max(COLUMNS_LEAST, columns) : COLUMNS_DEFAULT,
                Integer.getInteger(LINES_PROPERTY, LINES_DEFAULT));
    }

    /** The text in this colour, or as it is when colours are off. */
    public String paint(Colour colour, String text) {
        return colours ? colour.code() + text + Colour.RESET : text;
    }

    private static PrintStream stream(FileDescriptor descriptor, Flush flush) {
        OutputStream file = new FileOutputStream(descriptor);
        return switch (flush) {
            case BY_LINE -> new PrintStream(file, true, StandardCharsets.UTF_8);
            case BY_WRITER -> new PrintStream(new BufferedOutputStream(file, 1 << 16), false, StandardCharsets.UTF_8);
        };
    }

    private enum Flush {
        BY_LINE,
        /** A result of a million rows must not cost a million system calls; who prints flushes. */
        BY_WRITER
    }
}
