package io.tidemark.spi.config;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values of one section, by the declarations of its plug-in. Who makes it has validated: unknown keys refused, required ones present, all
 * texts parseable.
 */
public final class Settings implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String section;
    private final Map<String, String> texts;
    private final Map<String, String> properties;

    /**
     * @param section name for messages, for example {@code source}
     * @param texts written values by key, secrets resolved
     * @param properties free-form pairs under {@code properties:}, handed to a library as they are
     */
    public Settings(String section, Map<String, String> texts, Map<String, String> properties) {
        this.section = section;
        this.texts = Map.copyOf(texts);
        this.properties = Map.copyOf(properties);
    }

    /** The value, or its default. */
    public <T> T value(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot read the configuration: " + section + "." + setting.key() + " is missing"));
    }

    /** The value, or its default, or nothing when it is optional and not written. */
    public <T> Optional<T> find(Setting<T> setting) {
        String text = texts.getOrDefault(setting.key(), setting.defaultText());
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(setting.parser().apply(text));
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot read the configuration: " + section + "." + setting.key() + " " + e.getMessage(),
                    e);
        }
    }

    /** Free-form pairs, ordered by key. */
    public Map<String, String> properties() {
        return new TreeMap<>(properties);
    }
}
