package io.tidemark.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lists the subcommands in the order in which a user meets them, under headings. */
final class CommandGroups {
    private static final Map<String, List<String>> GROUPS = groups();
    private static final String OTHERS = "More";

    private CommandGroups() {}

    static void install(CommandLine root) {
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroups::render);
    }

    private static Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("Start", List.of("demo", "init", "check", "settings"));
        groups.put("Run", List.of("run", "capture", "orchestrate", "work"));
        groups.put("Look", List.of("status", "tables", "slices", "query"));
        groups.put("Prove", List.of("verify"));
        groups.put("Steer", List.of("pause", "resume", "resync", "add", "drop"));
        groups.put("Try", List.of("workload"));
        return groups;
    }

    private static String render(Help help) {
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
