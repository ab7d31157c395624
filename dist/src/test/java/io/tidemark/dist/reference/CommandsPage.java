package io.tidemark.dist.reference;

import picocli.CommandLine;

/** {@code docs/reference/cli.md}. */
final class CommandsPage {
    private static final String INTRODUCTION = """
            # Commands

            <!-- Generated from the commands' help; see CONTRIBUTING.md. -->

            Results go to standard output; errors, progress and logs to standard error. Colours and cut values appear on a
            terminal only; `NO_COLOR` turns colours off. `--json` makes results and errors JSON, with times in ISO 8601,
            durations in milliseconds and sizes in bytes.
            """;

    private CommandsPage() {}

    static String text(CommandLine root) {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        append(text, root);
        return text.toString();
    }

    private static void append(StringBuilder text, CommandLine command) {
        String usage = command.getUsageMessage().replace(System.lineSeparator(), "\n");
        text.append("\n## ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```text\n")
                .append(usage.endsWith("\n") ? usage : usage + "\n")
                .append("```\n");
        command.getSubcommands().values().forEach(subcommand -> append(text, subcommand));
    }
}
