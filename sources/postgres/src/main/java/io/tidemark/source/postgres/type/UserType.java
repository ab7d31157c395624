package io.tidemark.source.postgres.type;

import java.util.List;

/**
 * A type that is not built in, as {@code pg_type} has it.
 *
 * @param oid its oid
 * @param name schema and name, for people
 * @param kind what it is
 * @param extension name of the extension that made it; empty when none did
 * @param base oid of the base type (domain), element (array), subtype (range) or range (multirange); else 0
 * @param baseTypmod type modifier of a domain's base type; else -1
 * @param delimiter what separates its values in an array's text, mostly a comma
 * @param fields a composite type's fields in order, dropped ones left out; else empty
 */
public record UserType(
        int oid,
        String name,
        Kind kind,
        String extension,
        int base,
        int baseTypmod,
        char delimiter,
        List<Field> fields) {
    /** What {@code typtype} and {@code typelem} tell apart. */
    public enum Kind {
        BASE,
        ENUM,
        DOMAIN,
        ARRAY,
        COMPOSITE,
        RANGE,
        MULTIRANGE
    }

    /**
     * A field of a composite type.
     *
     * @param name its name
     * @param type oid of its type
     * @param typmod type modifier, -1 for none
     */
    public record Field(String name, int type, int typmod) {}

    public UserType {
        fields = List.copyOf(fields);
    }
}
