package io.tidemark.source.postgres.type;

import java.util.ArrayList;
import java.util.List;

/** Names of types with their modifiers, as {@code format_type} prints those of built-in types. */
final class TypeNames {
    private static final int VARHDRSZ = 4;
    private static final int NO_FIELDS = 0x7FFF;
    private static final int NO_PRECISION = 0xFFFF;

    private TypeNames() {}

    static String of(int oid, int typmod, TypeCatalog catalog) {
        BuiltinType builtin = BuiltinType.find(oid);
        if (builtin != null) {
            return withModifier(oid, builtin.name(), typmod);
        }
        BuiltinType element = BuiltinType.findElement(oid);
        if (element != null) {
            return withModifier(element.oid(), element.name(), typmod) + "[]";
        }
        if (oid == BuiltinType.MONEY) {
            return "money";
        }
        if (oid == BuiltinType.MONEY_ARRAY) {
            return "money[]";
        }
        UserType type = catalog.find(oid);
        if (type == null) {
            return "type " + Integer.toUnsignedString(oid);
        }
        return type.kind() == UserType.Kind.ARRAY ? of(type.base(), typmod, catalog) + "[]" : type.name();
    }

    /** Decimal digits in all of a numeric's modifier. */
    static int precision(int typmod) {
        return (typmod - VARHDRSZ) >> 16 & 0xFFFF;
    }

    /** Decimal digits after the point of a numeric's modifier: 11 bits with sign. */
    static int scale(int typmod) {
        return ((typmod - VARHDRSZ & 0x7FF) ^ 1024) - 1024;
    }

    private static String withModifier(int oid, String name, int typmod) {
        if (typmod < 0) {
            return name;
        }
        return switch (oid) {
            case BuiltinType.NUMERIC -> name + "(" + precision(typmod) + "," + scale(typmod) + ")";
            case 1042, 1043 -> name + "(" + (typmod - VARHDRSZ) + ")";
            case 1560, 1562 -> name + "(" + typmod + ")";
            case 1083, 1114, 1184, 1266 -> {
                int blank = name.indexOf(' ');
                yield name.substring(0, blank) + "(" + typmod + ")" + name.substring(blank);
            }
            case 1186 -> interval(typmod);
            default -> name;
        };
    }

    private static String interval(int typmod) {
        StringBuilder name = new StringBuilder("interval");
        int fields = typmod >> 16 & NO_FIELDS;
        if (fields != NO_FIELDS) {
            List<String> named = new ArrayList<>();
            addField(named, fields, 2, "year");
            addField(named, fields, 1, "month");
            addField(named, fields, 3, "day");
            addField(named, fields, 10, "hour");
            addField(named, fields, 11, "minute");
            addField(named, fields, 12, "second");
            if (!named.isEmpty()) {
                name.append(' ').append(named.get(0));
            }
            if (named.size() > 1) {
                name.append(" to ").append(named.get(named.size() - 1));
            }
        }
        int precision = typmod & NO_PRECISION;
        return precision == NO_PRECISION
                ? name.toString()
                : name.append('(').append(precision).append(')').toString();
    }

    private static void addField(List<String> named, int fields, int bit, String name) {
        if ((fields >> bit & 1) != 0) {
            named.add(name);
        }
    }
}
