package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.output.Capture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;

class HelpTest {
    static List<CommandLine> commands() {
        List<CommandLine> commands = new ArrayList<>();
        CommandLine root = new RecordedCommands().runner().commandLine();
        root.getSubcommands().values().forEach(command -> {
            commands.add(command);
            commands.addAll(command.getSubcommands().values());
        });
        return commands;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandSaysWhatItDoesAndFitsOnATerminal(CommandLine command) {
        String help = command.getUsageMessage();

        assertThat(command.getCommandSpec().usageMessage().header()).hasSize(1);
        assertThat(command.getCommandSpec().usageMessage().header()[0]).endsWith(".");
        assertThat(help).contains("Usage: " + command.getCommandSpec().qualifiedName());
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        for (ArgSpec argument : command.getCommandSpec().args()) {
            assertThat(argument.description()).as(argument.toString()).hasSize(1);
            assertThat(argument.description()[0]).as(argument.toString()).endsWith(".");
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyExampleIsACommandThatParses(CommandLine command) {
        String[] footer = command.getCommandSpec().usageMessage().footer();
        List<String> examples = new ArrayList<>();
        for (String line : footer) {
            boolean continued =
                    !examples.isEmpty() && examples.get(examples.size() - 1).endsWith("\\");
            if (continued) {
                String start = examples.remove(examples.size() - 1);
                examples.add(start.substring(0, start.length() - 1) + line.strip());
            } else if (line.strip().startsWith("tidemark ")) {
                examples.add(line.strip());
            }
        }
        if (command.getCommandSpec().parent().parent() == null) {
            assertThat(examples).isNotEmpty();
        }
        for (String example : examples) {
            // What follows a pipe or a redirection is the shell's.
            String ours = example.replaceFirst("\\s(\\||\\d?>).*$", "").substring("tidemark ".length());
            String[] args = Arrays.stream(ours.split("\\s+(?=([^\"]*\"[^\"]*\")*[^\"]*$)"))
                    .map(arg -> arg.replace("\"", ""))
                    .toArray(String[]::new);
            new RecordedCommands().runner().commandLine().parseArgs(args);
        }
    }

    @Test
    void listsCommandsInTheOrderInWhichAUserMeetsThem() {
        RecordedCommands commands = new RecordedCommands(new Further());
        commands.run();

        String help = commands.out();
        assertThat(help)
                .containsSubsequence(
                        "Usage: tidemark COMMAND",
                        "Start:",
                        "init",
                        "check",
                        "Run:",
                        "run",
                        "Look:",
                        "status",
                        "Prove:",
                        "verify",
                        "Steer:",
                        "pause",
                        "More:",
                        "further",
                        "Exit codes:",
                        "10",
                        "First steps:");
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void helpOfACommandIsReachedBothWays() {
        RecordedCommands asCommand = new RecordedCommands();
        RecordedCommands asOption = new RecordedCommands();

        assertThat(asCommand.run("help", "slices", "preview")).isZero();
        assertThat(asOption.run("slices", "preview", "--help")).isZero();

        assertThat(asCommand.out()).contains("Usage: tidemark slices preview").isEqualTo(asOption.out());
    }

    @Test
    void refusesHelpForACommandThatDoesNotExist() {
        RecordedCommands commands = new RecordedCommands();

        assertThat(commands.run("help", "nope")).isEqualTo(2);
        assertThat(commands.err()).contains("there is no command nope");
    }

    @Test
    void usesColoursOnlyWhenTheTerminalWantsThem() {
        RecordedCommands plain = new RecordedCommands();
        RecordedCommands coloured = new RecordedCommands(Capture.colours());
        plain.run("--help");
        coloured.run("--help");

        assertThat(plain.out()).doesNotContain("\u001b[");
        assertThat(coloured.out()).contains("\u001b[");
    }

    @Command(name = "further", header = "A command of another module.")
    static final class Further implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("not run by these tests");
        }
    }
}
