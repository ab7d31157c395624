package io.tidemark.cli.output;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A terminal whose output can be read. */
public final class Capture {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal;

    private Capture(boolean interactive, boolean colours, int columns) {
        this.terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                interactive,
                colours,
                columns,
                24);
    }

    /** Output into a file or pipe. */
    public static Capture piped() {
        return new Capture(false, false, 80);
    }

    /** Output on a terminal of this width, without colours. */
    public static Capture terminal(int columns) {
        return new Capture(true, false, columns);
    }

    /** Output on a terminal with colours. */
    public static Capture colours() {
        return new Capture(true, true, 80);
    }

    public Terminal asTerminal() {
        return terminal;
    }

    public String out() {
        terminal.out().flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        terminal.err().flush();
        return err.toString(StandardCharsets.UTF_8);
    }
}
