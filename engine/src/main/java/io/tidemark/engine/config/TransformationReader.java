package io.tidemark.engine.config;

import io.tidemark.engine.config.Transformation.Target;
import io.tidemark.engine.mirror.NameChange;
import io.tidemark.engine.mirror.NameChange.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the list {@code transformations}: changes of the names of mirrors and their columns. */
final class TransformationReader {
    private static final Map<String, Target> TARGETS =
            Map.of("schema", Target.SCHEMA, "table", Target.TABLE, "column", Target.COLUMN);
    private static final Map<String, Action> ACTIONS = actions();
    private static final String CASE = "case";

    private final Problems problems;
    private final SectionReader sections;

    TransformationReader(Problems problems, SectionReader sections) {
        this.problems = problems;
        this.sections = sections;
    }

    private static Map<String, Action> actions() {
        Map<String, Action> actions = new LinkedHashMap<>();
        actions.put("rename", Action.RENAME);
        actions.put("add-prefix", Action.ADD_PREFIX);
        actions.put("remove-prefix", Action.REMOVE_PREFIX);
        actions.put("replace-prefix", Action.REPLACE_PREFIX);
        actions.put("add-suffix", Action.ADD_SUFFIX);
        actions.put("remove-suffix", Action.REMOVE_SUFFIX);
        actions.put("replace-suffix", Action.REPLACE_SUFFIX);
        actions.put(CASE, Action.LOWERCASE);
        return actions;
    }

    List<Transformation> read(int line, Node node) {
        if (!(node instanceof SequenceNode list)) {
            problems.add(
                    line, "transformations must be a list, each entry with schema, table or column and what to do");
            return List.of();
        }
        List<Transformation> found = new ArrayList<>();
        for (Node item : list.getValue()) {
            String name = "transformations[" + (found.size() + 1) + "]";
            one(YamlMap.of(name, YamlMap.lineOf(item, line), item, problems)).ifPresent(found::add);
        }
        return found;
    }

    private Optional<Transformation> one(YamlMap map) {
        if (map.isAbsent()) {
            return Optional.empty();
        }
        sections.refuseUnknown(map, SectionReader.keys(PipelineSettings.transformation()));
        Optional<String> target = onlyOne(map, TARGETS.keySet());
        Optional<String> action = onlyOne(map, ACTIONS.keySet());
        if (target.isEmpty() || action.isEmpty()) {
            return Optional.empty();
        }
        String written = target.orElseThrow();
        Optional<String> pattern = map.text(written, "pattern", problems);
        Optional<NameChange> change = change(map, action.orElseThrow());
        if (pattern.isEmpty() || change.isEmpty()) {
            return Optional.empty();
        }
        Target kind = Objects.requireNonNull(TARGETS.get(written));
        try {
            List<NamePattern> parts = NamePattern.split(pattern.orElseThrow(), kind.parts());
            NamePattern table = kind == Target.SCHEMA ? NamePattern.ANY_NAME : parts.get(1);
            return Optional.of(Transformation.rename(
                    kind,
                    new TablePattern(pattern.orElseThrow(), parts.get(0), table),
                    kind == Target.COLUMN ? parts.get(2) : NamePattern.ANY_NAME,
                    change.orElseThrow(),
                    map.line()));
        } catch (IllegalArgumentException e) {
            problems.add(
                    map.lineOf(written),
                    map.pathTo(written) + " must be " + kind.form()
                            + ", with * for any characters, and a part that holds a dot in double quotes (found: "
                            + pattern.orElseThrow() + ")");
            return Optional.empty();
        }
    }

    private Optional<String> onlyOne(YamlMap map, Set<String> keys) {
        List<String> written = keys.stream().filter(map::has).sorted().toList();
        if (written.size() != 1) {
            problems.add(
                    map.line(),
                    map.name() + " must have one of "
                            + String.join(", ", keys.stream().sorted().toList()));
            return Optional.empty();
        }
        return Optional.of(written.get(0));
    }

    private Optional<NameChange> change(YamlMap map, String key) {
        Action action = Objects.requireNonNull(ACTIONS.get(key));
        if (action == Action.REPLACE_PREFIX || action == Action.REPLACE_SUFFIX) {
            return replacement(map, key, action);
        }
        return map.text(key, "text", problems).flatMap(text -> {
            if (!key.equals(CASE)) {
                return checked(map, key, action, text, "");
            }
            if (!text.equals("lower") && !text.equals("upper")) {
                problems.add(map.lineOf(key), map.pathTo(key) + " must be lower or upper");
                return Optional.empty();
            }
            return Optional.of(new NameChange(text.equals("lower") ? Action.LOWERCASE : Action.UPPERCASE, ""));
        });
    }

    private Optional<NameChange> replacement(YamlMap map, String key, Action action) {
        List<String> texts = new ArrayList<>();
        map.find(key).ifPresent(entry -> {
            if (entry.node() instanceof SequenceNode list) {
                for (Node item : list.getValue()) {
                    YamlMap.text(map.pathTo(key), entry.line(), item, "text", problems)
                            .ifPresent(texts::add);
                }
            }
        });
        if (texts.size() != 2) {
            problems.add(
                    map.lineOf(key),
                    map.pathTo(key) + " must be a list of two: what goes and what comes, as [old_, new_]");
            return Optional.empty();
        }
        return checked(map, key, action, texts.get(1), texts.get(0));
    }

    private Optional<NameChange> checked(YamlMap map, String key, Action action, String value, String replaced) {
        try {
            return Optional.of(new NameChange(action, value, replaced));
        } catch (IllegalArgumentException e) {
            problems.add(map.lineOf(key), map.pathTo(key) + " " + e.getMessage());
            return Optional.empty();
        }
    }
}
