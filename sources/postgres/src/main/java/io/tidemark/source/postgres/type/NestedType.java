package io.tidemark.source.postgres.type;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An array or composite type as a list or struct.
 *
 * @param columnType a LIST or STRUCT
 * @param parts the element of a list, or the fields of a struct in order
 */
record NestedType(ColumnType columnType, List<Part> parts) {
    /** Names that every engine reads back, also from files that another one has rewritten. */
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * A part of a nested type.
     *
     * @param name name of the field; {@link ColumnType#ELEMENT} for an element
     * @param oid oid of its type, which values carry
     * @param type its type
     */
    record Part(String name, int oid, PgType type) {}

    NestedType {
        parts = List.copyOf(parts);
    }

    /**
     * The type with this oid as a list or struct.
     *
     * @param typmod of an array, whose elements it counts for
     * @return empty when it is neither an array nor a composite type, or is not carried as one: a part is not supported, it is nested too deep,
     *     or its fields have names that engines change or mix up
     */
    static Optional<NestedType> find(int oid, int typmod, TypeCatalog catalog) {
        BuiltinType builtin = BuiltinType.findElement(oid);
        UserType user = catalog.find(oid);
        int element = builtin != null
                ? builtin.oid()
                : oid == BuiltinType.MONEY_ARRAY
                        ? BuiltinType.MONEY
                        : user != null && user.kind() == UserType.Kind.ARRAY ? user.base() : 0;
        List<Part> parts = new ArrayList<>();
        if (element != 0) {
            parts.add(new Part(ColumnType.ELEMENT, element, PgType.of(element, typmod, catalog)));
        } else if (user != null && user.kind() == UserType.Kind.COMPOSITE) {
            for (UserType.Field field : user.fields()) {
                parts.add(new Part(field.name(), field.type(), PgType.of(field.type(), field.typmod(), catalog)));
            }
        }
        boolean fits = !parts.isEmpty()
                && parts.stream()
                        .allMatch(part -> part.type.isSupported()
                                && part.type.columnType().depth() < ColumnType.DEPTH_MAX);
        if (!fits || (element == 0 && !hasPlainNames(parts))) {
            return Optional.empty();
        }
        ColumnType type = element != 0
                ? ColumnType.list(parts.get(0).type.columnType())
                : ColumnType.struct(parts.stream()
                        .map(part -> new ColumnType.Field(part.name, part.type.columnType()))
                        .toList());
        return Optional.of(new NestedType(type, parts));
    }

    /** A decoder for one thread. */
    ValueDecoder newDecoder() {
        return columnType.kind() == Kind.LIST ? new ListDecoder(parts.get(0)) : new StructDecoder(parts);
    }

    /** The type's name with the fields of composite types, so that one whose fields have changed has another. Null when it has none. */
    @Nullable
    String describe(String name) {
        if (!columnType.hasStruct()) {
            return null;
        }
        return columnType.kind() == Kind.LIST
                ? parts.get(0).type.sourceType() + "[]"
                : parts.stream()
                        .map(part -> part.name + " " + part.type.sourceType())
                        .collect(Collectors.joining(", ", name + "(", ")"));
    }

    private static boolean hasPlainNames(List<Part> parts) {
        Set<String> seen = new HashSet<>();
        return parts.stream()
                .allMatch(part ->
                        PLAIN_NAME.matcher(part.name).matches() && seen.add(part.name.toLowerCase(Locale.ROOT)));
    }
}
