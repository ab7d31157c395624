package io.tidemark.source.postgres.type;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds text forms by oid: built-in types, arrays of them, and what users and extensions make of them. */
final class FormFinder {
    /** Types of the extensions that come with Postgres, and whose binary form is known. */
    private static final Map<String, TextForm> EXTENSIONS =
            Map.of("citext", ScalarText::text, "hstore", DocumentText::hstore, "ltree", ScalarText::versionedText);

    private final TypeCatalog catalog;
    private final Map<Integer, TextForm> found = new ConcurrentHashMap<>();

    FormFinder(TypeCatalog catalog) {
        this.catalog = catalog;
    }

    /** The form, or null when the type, or one inside it, is not supported. */
    @Nullable
    TextForm find(int oid) {
        TextForm form = found.get(oid);
        if (form == null) {
            form = make(oid);
            if (form != null) {
                found.put(oid, form);
            }
        }
        return form;
    }

    private TextForm load(int oid) {
        TextForm form = find(oid);
        if (form == null) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_TYPE,
                    "Cannot decode value: it holds a type that is not supported (oid=" + oid + ")");
        }
        return form;
    }

    private @Nullable TextForm make(int oid) {
        BuiltinType builtin = BuiltinType.find(oid);
        if (builtin != null) {
            return builtin.text();
        }
        BuiltinType element = BuiltinType.findElement(oid);
        if (element != null) {
            return ContainerText.array(element.text(), element.delimiter());
        }
        UserType type = catalog.find(oid);
        return type == null ? null : make(type);
    }

    private @Nullable TextForm make(UserType type) {
        return switch (type.kind()) {
            case BASE -> ofExtension(type);
            case ENUM -> ScalarText::text;
            case DOMAIN -> find(type.base());
            case ARRAY -> {
                TextForm element = find(type.base());
                yield element == null ? null : ContainerText.array(element, delimiter(type.base()));
            }
            case COMPOSITE ->
                type.fields().stream().allMatch(field -> find(field.type()) != null)
                        ? ContainerText.row(this::load)
                        : null;
            case RANGE -> {
                TextForm subtype = find(type.base());
                yield subtype == null ? null : ContainerText.range(subtype);
            }
            case MULTIRANGE -> {
                TextForm range = find(type.base());
                yield range == null ? null : ContainerText.multirange(range);
            }
        };
    }

    private char delimiter(int element) {
        UserType user = catalog.find(element);
        if (user != null) {
            return user.delimiter();
        }
        BuiltinType builtin = BuiltinType.find(element);
        return builtin == null ? ',' : builtin.delimiter();
    }

    /** Names of the extensions' types that are carried. */
    static Iterable<String> extensions() {
        return EXTENSIONS.keySet();
    }

    private static @Nullable TextForm ofExtension(UserType type) {
        String name = type.name().substring(type.name().lastIndexOf('.') + 1);
        if (!name.equals(type.extension())) {
            return null;
        }
        return EXTENSIONS.get(name);
    }
}
