package io.tidemark.cli.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark help}. */
@Command(
        name = "help",
        header = "Tell more about a command.",
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark help query", "  tidemark help slices preview"})
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command; default tidemark itself.")
    private List<String> path = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine found = spec == null ? null : spec.parent().commandLine();
        if (spec == null || found == null) {
            throw new IllegalStateException("Cannot show help outside the command line");
        }
        for (String name : path) {
            CommandLine next = found.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(spec.commandLine(), "there is no command " + name);
            }
            found = next;
        }
        found.usage(spec.commandLine().getOut());
        return 0;
    }
}
