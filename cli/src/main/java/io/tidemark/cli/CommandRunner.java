package io.tidemark.cli;

import io.tidemark.cli.Session.Surroundings;
import io.tidemark.cli.output.ErrorPrinter;
import io.tidemark.cli.output.Terminal;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and tells errors with their remedy and exit code. */
public final class CommandRunner {
    private static final int HELP_COLUMNS_MAX = 110;

    /** What shells give for a process that Ctrl-C ended. */
    private static final int EXIT_INTERRUPTED = 130;

    private final Terminal terminal;
    private final Tidemark root;
    private final CommandLine commandLine;

    /**
     * Makes the command line.
     *
     * @param surroundings the process around it
     * @param providers the subcommands
     */
    public CommandRunner(Surroundings surroundings, Iterable<CommandProvider> providers) {
        this.terminal = surroundings.terminal();
        this.root = new Tidemark(surroundings);
        this.commandLine = new CommandLine(root);
        providers.forEach(provider -> provider.commands().forEach(commandLine::addSubcommand));
        commandLine
                .setOut(new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.min(HELP_COLUMNS_MAX, Math.max(80, terminal.columns())))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> tell(wrongArguments(e), e, args))
                .setExecutionExceptionHandler((e, command, parsed) ->
                        e instanceof InterruptedException ? EXIT_INTERRUPTED : tell(known(e), e, new String[0]));
        commandLine.getCommandSpec().version("tidemark " + surroundings.version());
        HelpLayout.install(commandLine);
    }

    /** Runs the command that the arguments name and returns its exit code. */
    public int run(String... args) {
        try {
            return commandLine.execute(args);
        } finally {
            commandLine.getOut().flush();
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    /** The parsed command tree, for help pages. */
    public CommandLine commandLine() {
        return commandLine;
    }

    private int tell(TidemarkException error, Throwable original, String[] args) {
        // Arguments that could not be parsed leave the options unset.
        boolean json = root.isJson() || List.of(args).contains("--json");
        boolean trace = root.isTrace() || List.of(args).contains("--trace");
        ErrorPrinter printer = new ErrorPrinter(terminal, json ? ErrorPrinter.Style.JSON : ErrorPrinter.Style.TEXT);
        int exitCode = printer.print(error);
        if (trace) {
            printer.printTrace(original);
        }
        return exitCode;
    }

    private static TidemarkException wrongArguments(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String hint = "";
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            hint = "Did you mean " + String.join(" or ", unmatched.getSuggestions()) + "? ";
        }
        return new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot read the command line: " + reason(e),
                hint + "See '" + command + " --help'.",
                e);
    }

    private static String reason(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && e.getCommandLine().getParent() == null
                && !unmatched.isUnknownOption()) {
            return "there is no command " + unmatched.getUnmatched().get(0);
        }
        return e.getMessage() == null
                ? "not understood"
                : e.getMessage().lines().findFirst().orElse("");
    }

    private static TidemarkException known(Exception e) {
        if (e instanceof TidemarkException known) {
            return known;
        }
        String message = e.getMessage() == null ? "" : ": " + e.getMessage();
        return TidemarkException.because(
                ErrorCode.INTERNAL, "Cannot finish the command: " + e.getClass().getSimpleName() + message, e);
    }
}
