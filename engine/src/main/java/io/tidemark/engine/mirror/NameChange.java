package io.tidemark.engine.mirror;

import java.util.Locale;

/**
 * A change of a name.
 *
 * @param action what is done
 * @param value the new name, or what is added or taken away; empty for a change of case
 * @param replaced what {@code value} takes the place of, for REPLACE_PREFIX and REPLACE_SUFFIX; else empty
 */
public record NameChange(Action action, String value, String replaced) {
    public NameChange {
        boolean hasValue = action != Action.LOWERCASE && action != Action.UPPERCASE;
        if (value.isEmpty() == hasValue) {
            throw new IllegalArgumentException(hasValue ? "must not be empty" : "takes no value");
        }
    }

    public NameChange(Action action, String value) {
        this(action, value, "");
    }

    /** What is done to a name. A prefix or suffix that a name has not, or that is all of it, stays as it is. */
    public enum Action {
        RENAME,
        ADD_PREFIX,
        REMOVE_PREFIX,
        REPLACE_PREFIX,
        ADD_SUFFIX,
        REMOVE_SUFFIX,
        REPLACE_SUFFIX,
        LOWERCASE,
        UPPERCASE
    }

    /** The name after the change. */
    public String apply(String name) {
        return switch (action) {
            case RENAME -> value;
            case ADD_PREFIX -> value + name;
            case ADD_SUFFIX -> name + value;
            case REMOVE_PREFIX -> withoutPrefix(name, value, "");
            case REMOVE_SUFFIX -> withoutSuffix(name, value, "");
            case REPLACE_PREFIX -> withoutPrefix(name, replaced, value);
            case REPLACE_SUFFIX -> withoutSuffix(name, replaced, value);
            case LOWERCASE -> name.toLowerCase(Locale.ROOT);
            case UPPERCASE -> name.toUpperCase(Locale.ROOT);
        };
    }

    private static String withoutPrefix(String name, String prefix, String instead) {
        return name.startsWith(prefix) && instead.length() + name.length() > prefix.length()
                ? instead + name.substring(prefix.length())
                : name;
    }

    private static String withoutSuffix(String name, String suffix, String instead) {
        return name.endsWith(suffix) && instead.length() + name.length() > suffix.length()
                ? name.substring(0, name.length() - suffix.length()) + instead
                : name;
    }
}
