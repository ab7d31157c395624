package io.tidemark.spi.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Declaration of one setting.
 *
 * @param <T> type of the value
 * @param key name in its section of the configuration, for example {@code interval}
 * @param kind how the value is written, for help and reference: {@code duration}, {@code size}, {@code text}, ...
 * @param defaultText the default as it would be written; null when the setting is required or {@code optional}
 * @param optional whether it may be absent without a default
 * @param secret whether the value must never be printed
 * @param description one sentence, with unit and range
 * @param parser turns text into the value, throws {@link IllegalArgumentException} with a reason for people
 */
public record Setting<T>(
        String key,
        String kind,
        @Nullable String defaultText,
        boolean optional,
        boolean secret,
        String description,
        Function<String, T> parser) {

    public static Setting<String> text(String key, String description) {
        return new Setting<>(key, "text", null, false, false, description, Setting::nonEmpty);
    }

    public static Setting<java.time.Duration> duration(
            String key, String defaultText, java.time.Duration least, java.time.Duration most, String description) {
        return new Setting<>(
                key, "duration", defaultText, false, false, description, text -> Values.duration(text, least, most));
    }

    public static Setting<Long> size(
            String key, String defaultText, long leastBytes, long mostBytes, String description) {
        return new Setting<>(
                key, "size", defaultText, false, false, description, text -> Values.size(text, leastBytes, mostBytes));
    }

    public static Setting<Integer> integer(String key, String defaultText, int least, int most, String description) {
        return new Setting<>(
                key, "integer", defaultText, false, false, description, text -> Values.integer(text, least, most));
    }

    public static Setting<Boolean> flag(String key, String defaultText, String description) {
        return new Setting<>(key, "true or false", defaultText, false, false, description, Values::flag);
    }

    /** One of an enum's constants, written in lower case with dashes. */
    public static <E extends Enum<E>> Setting<E> choice(String key, E defaultValue, String description) {
        Class<E> type = defaultValue.getDeclaringClass();
        return new Setting<>(
                key,
                Values.choices(type),
                Values.written(defaultValue),
                false,
                false,
                description,
                text -> Values.choice(type, text));
    }

    /** The same, with this default. */
    public Setting<T> withDefault(String text) {
        return new Setting<>(key, kind, text, false, secret, description, parser);
    }

    /** The same, absent when not written. */
    public Setting<T> asOptional() {
        return new Setting<>(key, kind, null, true, secret, description, parser);
    }

    /** The same, never printed. */
    public Setting<T> asSecret() {
        return new Setting<>(key, kind, defaultText, optional, true, description, parser);
    }

    /** Whether it must be written. */
    public boolean isRequired() {
        return !optional && defaultText == null;
    }

    private static String nonEmpty(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return text;
    }
}
