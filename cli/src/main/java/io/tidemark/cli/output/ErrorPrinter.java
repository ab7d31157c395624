package io.tidemark.cli.output;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells an error: what could not be done and why, what to do next, and its code. */
public final class ErrorPrinter {
    private final Terminal terminal;
    private final Style style;

    /** How errors are written. */
    public enum Style {
        /** Lines for people. */
        TEXT,
        /** One JSON object on one line. */
        JSON
    }

    public ErrorPrinter(Terminal terminal, Style style) {
        this.terminal = terminal;
        this.style = style;
    }

    /**
     * Writes the error to standard error.
     *
     * @return the exit code that goes with it
     */
    public int print(TidemarkException error) {
        terminal.out().flush();
        ErrorCode code = error.code();
        int exitCode = code.exitCode();
        if (style == Style.JSON) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("code", code.name());
            fields.put("kind", code.kind().name().toLowerCase(java.util.Locale.ROOT));
            fields.put("message", error.reason());
            fields.put("remedy", error.remedy());
            fields.put("exitCode", exitCode);
            terminal.err().println(JsonText.line(Map.of("error", fields)));
        } else {
            terminal.err().println(terminal.paint(Colour.BAD, "error:") + " " + error.reason());
            if (!error.remedy().isEmpty()) {
                terminal.err().println(terminal.paint(Colour.STRONG, "remedy:") + " " + error.remedy());
            }
            terminal.err().println(terminal.paint(Colour.FAINT, "code: " + code.name()));
        }
        return exitCode;
    }

    /** Writes the stack trace of the error. */
    public void printTrace(Throwable error) {
        error.printStackTrace(terminal.err());
    }
}
