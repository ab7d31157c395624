package io.tidemark.spi.schema;

import java.io.Serializable;

/**
 * Name of a table: database schema and table, exactly as the source spells them (case and any character kept).
 *
 * @param schema schema (namespace) of the source
 * @param name table name
 */
public record TableId(String schema, String name) implements Comparable<TableId>, Serializable {
    public TableId {
        if (schema.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "Cannot name a table with an empty part (schema=" + schema + ", name=" + name + ")");
        }
    }

    /** {@code schema.name}, for people; ambiguous when a part holds a dot, so never parsed back. */
    @Override
    public String toString() {
        return schema + "." + name;
    }

    /** Both parts as double-quoted SQL identifiers. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /** One identifier in double quotes, as the SQL standard has it. */
    public static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    @Override
    public int compareTo(TableId other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }
}
