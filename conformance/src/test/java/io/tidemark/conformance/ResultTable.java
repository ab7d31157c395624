package io.tidemark.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came of every scenario on every server, as text and as Markdown. Safe from any thread. */
final class ResultTable {
    private final List<String> servers;
    private final Map<String, Row> rows = new TreeMap<>();

    ResultTable(List<String> servers) {
        this.servers = List.copyOf(servers);
    }

    /** What came of a scenario on one server. */
    enum Outcome {
        EQUAL("equal"),
        FAILED("FAILED"),
        PENDING("pending"),
        /** The server is too old for it, or not to be had. */
        NOT_RUN("-");

        final String label;

        Outcome(String label) {
            this.label = label;
        }
    }

    private record Row(String title, Map<String, Outcome> outcomes, double seconds, String result) {}

    synchronized void add(Scenario scenario, String server, Outcome outcome, double seconds, String result) {
        Row row = rows.getOrDefault(scenario.name(), new Row(scenario.title(), Map.of(), 0, ""));
        Map<String, Outcome> outcomes = new TreeMap<>(row.outcomes);
        outcomes.put(server, outcome);
        String all = row.result.isEmpty() || row.result.equals(Outcome.EQUAL.label) ? result : row.result;
        rows.put(scenario.name(), new Row(scenario.title(), outcomes, row.seconds + seconds, all));
    }

    synchronized String text() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(header("scenario", "result"));
        rows.forEach((name, row) ->
                lines.add(line(name, row, row.result.lines().findFirst().orElse(""))));
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder cells = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                cells.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            text.append(cells.toString().stripTrailing()).append('\n');
        }
        return text.append('\n').append(summary()).append('\n').toString();
    }

    synchronized String markdown() {
        StringBuilder text = new StringBuilder();
        List<String> header = header("scenario", "what it shows");
        text.append("| ").append(String.join(" | ", header)).append(" |\n");
        text.append("| --- ".repeat(header.size())).append("|\n");
        rows.forEach((name, row) -> {
            String pending = row.outcomes.containsValue(Outcome.PENDING) ? " (" + row.result + ")" : "";
            text.append("| ")
                    .append(String.join(" | ", line(name, row, row.title.replace("|", "\\|") + pending)))
                    .append(" |\n");
        });
        return text.append('\n').append(summary()).append('\n').toString();
    }

    private List<String> header(String first, String last) {
        List<String> header = new ArrayList<>(List.of(first));
        header.addAll(servers);
        header.addAll(List.of("seconds", last));
        return header;
    }

    private List<String> line(String name, Row row, String last) {
        List<String> line = new ArrayList<>(List.of(name));
        servers.forEach(server -> line.add(row.outcomes.getOrDefault(server, Outcome.NOT_RUN).label));
        line.add(String.format(Locale.ROOT, "%.1f", row.seconds));
        line.add(last);
        return line;
    }

    private String summary() {
        StringBuilder text = new StringBuilder(rows.size() + " scenarios");
        for (Outcome outcome : Outcome.values()) {
            long runs = rows.values().stream()
                    .flatMap(row -> row.outcomes.values().stream())
                    .filter(outcome::equals)
                    .count();
            if (runs > 0 && outcome != Outcome.NOT_RUN) {
                text.append(", ")
                        .append(runs)
                        .append(runs == 1 ? " run " : " runs ")
                        .append(outcome.label);
            }
        }
        return text.toString();
    }
}
