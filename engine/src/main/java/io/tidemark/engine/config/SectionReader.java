package io.tidemark.engine.config;

import io.tidemark.engine.config.References.UnresolvedException;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a section by its declarations, and reports everything that does not fit them. */
final class SectionReader {
    /** Key of the free-form pairs of a plug-in's section. */
    static final String PROPERTIES = "properties";

    private final Problems problems;
    private final References references;

    SectionReader(Problems problems, References references) {
        this.problems = problems;
        this.references = references;
    }

    /**
     * Reads a section without free-form pairs.
     *
     * @param map the section as written
     * @param declared every setting it may hold
     */
    Settings read(YamlMap map, List<Setting<?>> declared) {
        refuseUnknown(map, keys(declared));
        return new Settings(map.name(), texts(map, declared, Map.of()), Map.of());
    }

    /**
     * Reads the section of a plug-in.
     *
     * @param map the section as written
     * @param own our settings in it, read elsewhere
     * @param declared the plug-in's settings
     * @param defaults defaults that depend on the rest of the configuration, by key
     */
    Settings readPlugin(YamlMap map, List<Setting<?>> own, List<Setting<?>> declared, Map<String, String> defaults) {
        List<String> known = new ArrayList<>(keys(own));
        known.addAll(keys(declared));
        known.add(PROPERTIES);
        refuseUnknown(map, known);
        return new Settings(map.name(), texts(map, declared, defaults), properties(map));
    }

    /** The value of one setting; empty when it is absent or a problem was reported. */
    <T> Optional<T> value(YamlMap map, Setting<T> setting) {
        Optional<String> written = text(map, setting);
        if (written.isEmpty()) {
            return map.has(setting.key()) || setting.defaultText() == null
                    ? Optional.empty()
                    : Optional.of(setting.parser().apply(setting.defaultText()));
        }
        return parsed(map.pathTo(setting.key()), map.lineOf(setting.key()), setting, written.orElseThrow());
    }

    /** The parsed text; a refusal is a problem. */
    <T> Optional<T> parsed(String path, int line, Setting<T> setting, String text) {
        try {
            return Optional.of(setting.parser().apply(text));
        } catch (IllegalArgumentException e) {
            String reason = e.getMessage() == null ? "is not valid" : e.getMessage();
            boolean hidden = setting.secret() && !text.isEmpty() && reason.contains(text);
            problems.add(line, path + " " + (hidden ? "is not valid (its value is not shown)" : reason));
            return Optional.empty();
        }
    }

    /** Reports keys that are not known, each with the known one that was probably meant. */
    void refuseUnknown(YamlMap map, List<String> known) {
        for (String key : map.keys()) {
            if (!known.contains(key)) {
                String hint = NearestName.of(key, known)
                        .or(() -> elsewhere(key, map.name()))
                        .map(name -> "; did you mean " + name + "?")
                        .orElse(known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
                problems.add(map.lineOf(key), map.pathTo(key) + " is not a setting" + hint);
            }
        }
    }

    static List<String> keys(List<Setting<?>> settings) {
        return settings.stream().<String>map(Setting::key).toList();
    }

    private Map<String, String> texts(YamlMap map, List<Setting<?>> declared, Map<String, String> defaults) {
        Map<String, String> texts = new HashMap<>(defaults);
        for (Setting<?> setting : declared) {
            if (!map.has(setting.key())) {
                if (setting.isRequired() && !defaults.containsKey(setting.key())) {
                    problems.add(
                            map.line(),
                            map.pathTo(setting.key()) + " is missing (" + setting.kind() + "): "
                                    + setting.description());
                }
                continue;
            }
            text(map, setting).ifPresent(text -> {
                if (parsed(map.pathTo(setting.key()), map.lineOf(setting.key()), setting, text)
                        .isPresent()) {
                    texts.put(setting.key(), text);
                }
            });
        }
        return texts;
    }

    private Optional<String> text(YamlMap map, Setting<?> setting) {
        return map.text(setting.key(), setting.kind(), problems)
                .flatMap(text -> resolved(map.pathTo(setting.key()), map.lineOf(setting.key()), text));
    }

    private Optional<String> resolved(String path, int line, String text) {
        try {
            return Optional.of(references.resolve(text));
        } catch (UnresolvedException e) {
            if (e.isMissing()) {
                problems.addSecretNotFound(line, path + " refers to nothing: " + e.reason());
            } else {
                problems.add(line, path + " " + e.reason());
            }
            return Optional.empty();
        }
    }

    private Map<String, String> properties(YamlMap map) {
        Map<String, String> properties = new HashMap<>();
        map.find(PROPERTIES).ifPresent(entry -> {
            YamlMap pairs = YamlMap.of(map.pathTo(PROPERTIES), entry.line(), entry.node(), problems);
            for (String key : pairs.keys()) {
                pairs.text(key, "text; write nested names with dots, as a.b: value", problems)
                        .flatMap(text -> resolved(pairs.pathTo(key), pairs.lineOf(key), text))
                        .ifPresent(text -> properties.put(key, text));
            }
        });
        return properties;
    }

    /** A setting of that name in another of our sections. */
    private static Optional<String> elsewhere(String key, String section) {
        Map<String, List<Setting<?>>> sections = Map.of(
                "", PipelineSettings.top(),
                "slices", PipelineSettings.slices(),
                "limits", PipelineSettings.limits(),
                "lake", PipelineSettings.lake(),
                "tables[]", PipelineSettings.tableRule(),
                "transformations[]", PipelineSettings.transformation());
        return sections.entrySet().stream()
                .filter(other -> !other.getKey().equals(section))
                .filter(other -> !key.equals("type") && keys(other.getValue()).contains(key))
                .map(other -> other.getKey().isEmpty() ? key + " at the top" : other.getKey() + "." + key)
                .sorted()
                .findFirst();
    }
}
