package io.tidemark.cli.view;

import io.tidemark.cli.output.Terminal;
import java.io.PrintStream;
import java.util.List;

/** The last lines of a terminal, drawn again in place; other lines scroll above them. Thread-safe. */
final class LiveRegion {
    private static final String CLEAR_BELOW = "\u001b[0J";

    private final PrintStream out;
    private List<String> drawn = List.of();

    LiveRegion(Terminal terminal) {
        this.out = terminal.out();
    }

    /** Replaces the lines. None may be wider than the terminal. */
    synchronized void draw(List<String> lines) {
        // One write per picture, so that a terminal never shows half of it.
        out.print(erase() + String.join("\n", lines) + "\n");
        out.flush();
        drawn = List.copyOf(lines);
    }

    /** Prints lines that stay, above the region. */
    synchronized void printAbove(String text) {
        List<String> again = drawn;
        out.print(erase() + text + (text.endsWith("\n") ? "" : "\n"));
        drawn = List.of();
        if (!again.isEmpty()) {
            draw(again);
        }
        out.flush();
    }

    private String erase() {
        return drawn.isEmpty() ? "" : "\u001b[" + drawn.size() + "F" + CLEAR_BELOW;
    }
}
