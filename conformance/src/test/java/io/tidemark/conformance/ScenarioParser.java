package io.tidemark.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads scenario files: headings of three levels, fenced blocks, and prose. A heading that means nothing is an error. */
final class ScenarioParser {
    private static final String FENCE = "```";
    private static final String PENDING = "Pending: ";
    private static final String PIPELINE = "pipeline";

    private final String name;
    private final List<String> lines;
    private final Map<String, Scenario.Section> sections = new LinkedHashMap<>();
    private int at;

    private ScenarioParser(String name, String text) {
        this.name = name;
        this.lines = text.lines().toList();
    }

    /**
     * Reads a scenario.
     *
     * @param name topic and file name without its ending
     */
    static Scenario parse(String name, String text) {
        return new ScenarioParser(name, text).parse();
    }

    private Scenario parse() {
        check(at < lines.size() && lines.get(at).startsWith("# "), "the first line is its title: # TITLE");
        String title = lines.get(at++).substring(2).strip();
        StringBuilder why = new StringBuilder();
        String pending = "";
        while (at < lines.size() && !lines.get(at).startsWith("#")) {
            String line = lines.get(at++).strip();
            if (line.startsWith(PENDING)) {
                pending = line.substring(PENDING.length());
            } else if (!line.isEmpty()) {
                why.append(why.isEmpty() ? "" : " ").append(line);
            }
        }
        check(!why.isEmpty(), "below the title stands what peers get wrong");
        Map<String, String> pipelines = new LinkedHashMap<>();
        while (at < lines.size()) {
            String heading = lines.get(at++);
            check(heading.startsWith("## "), "expected a section (line=" + heading + ")");
            String section = heading.substring(3).strip();
            if (section.startsWith(PIPELINE)) {
                pipelines.put(section.substring(PIPELINE.length()).strip(), String.join("\n", blocks()) + "\n");
            } else {
                section(section);
            }
        }
        check(!sections.isEmpty(), "it needs a section for at least one source");
        return new Scenario(name, title, why.toString(), pending, pipelines, sections);
    }

    /** {@code postgres}, or {@code postgres 15} for that version and newer ones. */
    private void section(String heading) {
        String[] words = heading.split(" ");
        int version = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        check(blocks().isEmpty(), "blocks stand below steps (section=" + heading + ")");
        List<Step> steps = new ArrayList<>();
        while (at < lines.size() && lines.get(at).startsWith("### ")) {
            steps.add(step(lines.get(at++).substring(4).strip()));
        }
        sections.put(words[0], new Scenario.Section(version, steps));
    }

    private Step step(String heading) {
        List<String> words = new ArrayList<>(List.of(heading.split(" ")));
        String first = words.remove(0).toUpperCase(Locale.ROOT);
        Step.Kind kind = null;
        for (Step.Kind known : Step.Kind.values()) {
            kind = known.name().equals(first) ? known : kind;
        }
        if (kind == null) {
            throw wrong("no such step (step=" + heading + ")");
        }
        List<String> blocks = blocks();
        check(words.size() == kind.arguments, "the step has other arguments (step=" + heading + ")");
        check(kind.allows(blocks.size()), "the step has another number of blocks (step=" + heading + ")");
        return new Step(kind, words, blocks);
    }

    /** Fenced blocks up to the next heading; prose between them is for readers. */
    private List<String> blocks() {
        List<String> blocks = new ArrayList<>();
        while (at < lines.size() && !lines.get(at).startsWith("#")) {
            if (!lines.get(at++).startsWith(FENCE)) {
                continue;
            }
            int start = at;
            while (at < lines.size() && !lines.get(at).equals(FENCE)) {
                at++;
            }
            check(at < lines.size(), "a block has no end");
            blocks.add(String.join("\n", lines.subList(start, at)));
            at++;
        }
        return blocks;
    }

    private void check(boolean isFine, String problem) {
        if (!isFine) {
            throw wrong(problem);
        }
    }

    private IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException("Cannot read scenario " + name + ": " + problem);
    }
}
