package io.tidemark.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * How help is laid out: subcommands in the order in which a user meets them, under headings; the options of a command before those that every
 * command has.
 */
final class HelpLayout {
    private static final Map<String, List<String>> GROUPS = groups();
    private static final String OTHERS = "More";

    private HelpLayout() {}

    static void install(CommandLine root) {
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpLayout::commands);
        root.getSubcommands().values().forEach(HelpLayout::installSubcommand);
    }

    private static void installSubcommand(CommandLine command) {
        command.getCommandSpec()
                .usageMessage()
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .synopsisHeading("%nUsage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%nArguments:%n")
                .commandListHeading("%nCommands:%n");
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpLayout::options);
        command.getSubcommands().values().forEach(HelpLayout::installSubcommand);
    }

    private static String options(Help help) {
        List<OptionSpec> options = new ArrayList<>(help.commandSpec().options());
        options.sort(Comparator.comparingInt(OptionSpec::order));
        List<OptionSpec> own =
                options.stream().filter(option -> !option.inherited()).toList();
        List<OptionSpec> everywhere =
                options.stream().filter(OptionSpec::inherited).toList();
        return options(help, "Options", own) + options(help, "Options of every command", everywhere);
    }

    private static String options(Help help, String heading, List<OptionSpec> options) {
        if (options.isEmpty()) {
            return "";
        }
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.parameterLabelRenderer());
        return System.lineSeparator() + heading + ":" + System.lineSeparator() + layout;
    }

    private static Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("Start", List.of("demo", "init", "check", "settings", "help"));
        groups.put("Run", List.of("run", "capture", "orchestrate", "work"));
        groups.put("Look", List.of("status", "tables", "slices", "query"));
        groups.put("Prove", List.of("verify", "dead-letters"));
        groups.put("Steer", List.of("pause", "resume", "resync", "add", "drop", "rebuild-metadata"));
        groups.put("Try", List.of("workload"));
        return groups;
    }

    private static String commands(Help help) {
        Set<String> left = new LinkedHashSet<>(help.subcommands().keySet());
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, List<String>> group : GROUPS.entrySet()) {
            List<String> present = new ArrayList<>(group.getValue());
            present.retainAll(left);
            left.removeAll(present);
            append(text, help, group.getKey(), present);
        }
        append(text, help, OTHERS, List.copyOf(left));
        return text.toString();
    }

    private static void append(StringBuilder text, Help help, String heading, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        Help.ColorScheme colours = help.colorScheme();
        int width = help.commandSpec().usageMessage().width();
        TextTable table = TextTable.forColumns(
                colours, new Column(16, 2, Column.Overflow.SPAN), new Column(width - 16, 2, Column.Overflow.WRAP));
        for (String name : names) {
            Help command = help.subcommands().get(name);
            String[] header = command == null
                    ? new String[0]
                    : command.commandSpec().usageMessage().header();
            table.addRowValues(colours.commandText(name), colours.text(header.length == 0 ? "" : header[0]));
        }
        text.append(System.lineSeparator())
                .append(heading)
                .append(':')
                .append(System.lineSeparator())
                .append(table);
    }
}
