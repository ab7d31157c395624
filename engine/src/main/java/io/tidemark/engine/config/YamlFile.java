package io.tidemark.engine.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Parses YAML text into mappings that know their lines. */
final class YamlFile {
    private YamlFile() {}

    /** The mapping at the top; what is not YAML is a problem and ends the reading. */
    static YamlMap parse(String content, Problems problems) {
        // Only nodes are composed, so no value is converted: "0123" and "1e3" stay what was written.
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setAllowNonScalarKeys(true)
                .build();
        String text = content.startsWith("\uFEFF") ? content.substring(1) : content;
        Optional<Node> node = Optional.empty();
        try {
            node = new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            // The full message quotes the line, which may hold a password.
            problems.add(
                    e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1),
                    "is not YAML: " + e.getProblem() + " (put values with special characters in quotes)");
        } catch (YamlEngineException e) {
            problems.add(1, "is not YAML: a character or a nesting that is not allowed");
        }
        if (node.isEmpty() && problems.isEmpty()) {
            problems.add(1, "the file is empty");
        }
        problems.throwIfAny();
        return YamlMap.of("", 1, node.orElseThrow(), problems);
    }
}
