package io.tidemark.engine.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML mapping with text keys, each with its line. Keys that repeat or are no text are problems. */
final class YamlMap {
    private final String name;
    private final int line;
    private final Map<String, YamlEntry> entries;

    private final boolean absent;

    private YamlMap(String name, int line, Map<String, YamlEntry> entries, boolean absent) {
        this.absent = absent;
        this.name = name;
        this.line = line;
        this.entries = entries;
    }

    /** A section that is not written, or was refused as a whole. */
    static YamlMap absent(String name) {
        return new YamlMap(name, 1, Map.of(), true);
    }

    /**
     * Reads a mapping.
     *
     * @param name where it stands, for messages: {@code source}, {@code tables[1]}; empty for the whole file
     * @param line line of its key
     */
    static YamlMap of(String name, int line, Node node, Problems problems) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(line, (name.isEmpty() ? "the file" : name) + " must be a mapping of settings (key: value)");
            return new YamlMap(name, line, Map.of(), true);
        }
        Map<String, YamlEntry> entries = new LinkedHashMap<>();
        YamlMap map = new YamlMap(name, line, entries, false);
        for (NodeTuple tuple : mapping.getValue()) {
            int keyLine = lineOf(tuple.getKeyNode(), line);
            if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
                problems.add(keyLine, (name.isEmpty() ? "the file" : name) + " has a key that is not text");
                continue;
            }
            YamlEntry earlier = entries.putIfAbsent(scalar.getValue(), new YamlEntry(keyLine, tuple.getValueNode()));
            if (earlier != null) {
                problems.add(
                        keyLine,
                        map.pathTo(scalar.getValue()) + " is written twice (first on line " + earlier.line() + ")");
            }
        }
        return map;
    }

    static int lineOf(Node node, int otherwise) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(otherwise);
    }

    /** Where the mapping stands, for messages. */
    String name() {
        return name;
    }

    /** Line of the mapping's key. */
    int line() {
        return line;
    }

    /** Whether the section is not written, or was refused as a whole. */
    boolean isAbsent() {
        return absent;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    Optional<YamlEntry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Line of the key, or of the mapping when it is not written. */
    int lineOf(String key) {
        return find(key).map(YamlEntry::line).orElse(line);
    }

    /** {@code source.url}. */
    String pathTo(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    /** The text at the key, if it is there and is one; anything else there is a problem. */
    Optional<String> text(String key, String kind, Problems problems) {
        return find(key).flatMap(entry -> text(pathTo(key), entry.line(), entry.node(), kind, problems));
    }

    /** The node's text; a problem when it is empty or no text. */
    static Optional<String> text(String path, int line, Node node, String kind, Problems problems) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(line, path + " must be a single value (" + kind + ")");
            return Optional.empty();
        }
        if (scalar.getTag().equals(Tag.NULL)) {
            problems.add(line, path + " has no value (" + kind + "): write one, or take the line out");
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    /**
     * A value with the line of its key.
     *
     * @param line line in the file, from 1
     * @param node the value
     */
    record YamlEntry(int line, Node node) {}
}
