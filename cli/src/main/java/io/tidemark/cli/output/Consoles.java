package io.tidemark.cli.output;

import java.io.Console;
import java.util.Optional;

/** The console, if input and output both are a terminal. */
public final class Consoles {
    private Consoles() {}

    @SuppressWarnings("SystemConsoleNull") // What the check warns of is looked at below.
    public static Optional<Console> find() {
        Console console = System.console();
        return console != null && isTerminal(console) ? Optional.of(console) : Optional.empty();
    }

    /** From Java 22 on there is a console even when input and output are files; only since then can it be asked. */
    private static boolean isTerminal(Console console) {
        if (Runtime.version().feature() < 22) {
            return true;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
