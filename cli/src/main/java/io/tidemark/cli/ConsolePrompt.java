package io.tidemark.cli;

import io.tidemark.cli.output.Consoles;
import java.io.Console;
import java.util.Optional;

/** Asks through the process's console. */
public final class ConsolePrompt implements Prompt {
    private final Console console;

    private ConsolePrompt(Console console) {
        this.console = console;
    }

    /** The console, unless input or output is no terminal. */
    public static Optional<Prompt> find() {
        return Consoles.find().map(ConsolePrompt::new);
    }

    @Override
    public String ask(String question, String byDefault) {
        String answer = console.readLine("%s%s: ", question, byDefault.isEmpty() ? "" : " [" + byDefault + "]");
        return answer == null || answer.isBlank() ? byDefault : answer.trim();
    }

    @Override
    public String askSecret(String question) {
        char[] answer = console.readPassword("%s (not shown): ", question);
        return answer == null ? "" : new String(answer);
    }
}
