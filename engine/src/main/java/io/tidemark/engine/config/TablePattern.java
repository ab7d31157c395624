package io.tidemark.engine.config;

import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Optional;

/**
 * A {@code schema.table} pattern in which {@code *} stands for any characters and {@code ?} for one. A part in double quotes is taken as it is
 * (a doubled quote inside stands for one). Case counts.
 */
public final class TablePattern {
    private final String text;
    private final NamePattern schema;
    private final NamePattern name;

    TablePattern(String text, NamePattern schema, NamePattern name) {
        this.text = text;
        this.schema = schema;
        this.name = name;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with a reason for people when it has not two parts
     */
    public static TablePattern of(String text) {
        try {
            List<NamePattern> parts = NamePattern.split(text, 2);
            return new TablePattern(text, parts.get(0), parts.get(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    (text.indexOf('.') == text.lastIndexOf('.')
                                    ? "must be schema.table, for example public.*"
                                    : "must be schema.table with a part that holds a dot in double quotes")
                            + " (found: " + text + ")",
                    e);
        }
    }

    /** A pattern in the notation of AWS DMS, see {@link NamePattern#ofDms}. */
    static TablePattern ofDms(String schema, String name) {
        return new TablePattern(schema + "." + name, NamePattern.ofDms(schema), NamePattern.ofDms(name));
    }

    /** The one table of these names, in which no character has a meaning. */
    static TablePattern ofTable(TableId table) {
        return new TablePattern(table.toString(), NamePattern.ofName(table.schema()), NamePattern.ofName(table.name()));
    }

    public boolean matches(TableId table) {
        return schema.matches(table.schema()) && name.matches(table.name());
    }

    /** The one table that the pattern names; empty when it has wildcards. */
    public Optional<TableId> exact() {
        return schema.exact().flatMap(first -> name.exact().map(second -> new TableId(first, second)));
    }

    /** Whether this pattern certainly matches every table that the other matches. */
    public boolean covers(TablePattern other) {
        return schema.covers(other.schema) && name.covers(other.name);
    }

    @Override
    public String toString() {
        return text;
    }
}
