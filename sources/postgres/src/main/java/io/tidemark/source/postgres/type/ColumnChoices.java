package io.tidemark.source.postgres.type;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Kind;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.TypeChoices;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which column types a Postgres type can be carried as, and which one the user has chosen. */
public final class ColumnChoices {
    private static final String STRING = "string";

    /** Names that Postgres reads and does not print. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("bool", "boolean"),
            Map.entry("int2", "smallint"),
            Map.entry("int", "integer"),
            Map.entry("int4", "integer"),
            Map.entry("int8", "bigint"),
            Map.entry("decimal", "numeric"),
            Map.entry("float4", "real"),
            Map.entry("float8", "double precision"),
            Map.entry("varchar", "character varying"),
            Map.entry("char", "character"),
            Map.entry("bpchar", "character"),
            Map.entry("time", "time without time zone"),
            Map.entry("timetz", "time with time zone"),
            Map.entry("timestamp", "timestamp without time zone"),
            Map.entry("timestamptz", "timestamp with time zone"),
            Map.entry("varbit", "bit varying"));

    private ColumnChoices() {}

    /**
     * The type of a column whose values have to be compared or found by name: one that would be nested is carried as STRING when the column is part
     * of the key, or when another column has the name of a part of it.
     *
     * @param names names of all columns of the table
     */
    public static PgType flattened(PgType type, String column, Collection<String> key, Collection<String> names) {
        boolean isShadowed = names.stream().anyMatch(name -> name.startsWith(column + "."));
        return type.columnType().isNested() && (isShadowed || key.contains(column)) ? type.asText() : type;
    }

    /** The type as the user wants the column carried; as it is when nothing is chosen, or what is chosen is not possible. */
    public static PgType apply(TypeChoices choices, TableId table, String column, PgType type) {
        return choices.find(table, column)
                .or(() -> ofType(choices, type))
                .flatMap(type::as)
                .orElse(type);
    }

    /**
     * Why values of a type cannot be carried so: the rest of a sentence. Types of users and extensions are named with their schema; whether there
     * is one of that name only the database knows.
     */
    public static Optional<String> refusal(String sourceType, ColumnType wanted) {
        String name = canonical(sourceType);
        List<String> possible = possible(name);
        if (possible.isEmpty()) {
            return Optional.of(
                    "names no type that can be carried: write it as psql shows it, such as timestamp with time"
                            + " zone, and a type of your own with its schema");
        }
        boolean isPossible = possible.stream()
                .anyMatch(choice -> choice.equals(wanted.toString())
                        || (choice.startsWith("decimal") && wanted.kind() == Kind.DECIMAL));
        return isPossible
                ? Optional.empty()
                : Optional.of("cannot be " + wanted + ": " + name + " can be " + String.join(" or ", possible));
    }

    /**
     * Holds the names of users' types against the database.
     *
     * @throws TidemarkException {@code CONFIG_INVALID} for one that it does not have
     */
    public static void checkNames(TypeChoices choices, TypeCatalog catalog) {
        for (String name : choices.types().keySet()) {
            String element = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
            boolean isKnown = name.indexOf('.') < 0
                    || catalog.types().values().stream()
                            .anyMatch(type -> type.name().equals(element));
            if (!isKnown) {
                throw new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot carry types as configured: types." + name + " names no type of the database",
                        "Correct it, or take it out of 'types'; names are schema.type, upper and lower case count.",
                        null);
            }
        }
    }

    /** What a built-in type can be carried as beside its own column type, as the configuration writes it. */
    static List<String> possible(BuiltinType type) {
        if (type.oid() == BuiltinType.NUMERIC) {
            return List.of(STRING, "decimal(p,s)");
        }
        return type.type().kind() == Kind.INT32 ? List.of(STRING, "int64") : List.of(STRING);
    }

    /** The name as Postgres prints it, without a modifier. */
    static String canonical(String sourceType) {
        if (sourceType.endsWith("[]")) {
            return canonical(sourceType.substring(0, sourceType.length() - 2)) + "[]";
        }
        if (sourceType.indexOf('.') >= 0 || sourceType.startsWith("\"")) {
            return sourceType;
        }
        String plain = sourceType
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\([^)]*\\)", "")
                .replaceAll("\\s+", " ")
                .strip();
        String known = plain.startsWith("interval ") ? "interval" : plain;
        return ALIASES.getOrDefault(known, known);
    }

    private static List<String> possible(String name) {
        if (name.indexOf('.') >= 0 || name.equals("money")) {
            return List.of(STRING);
        }
        if (name.equals("money[]")) {
            return List.of("list<decimal> only: as text, money is as the server's locale has it");
        }
        boolean isArray = name.endsWith("[]");
        String element = isArray ? name.substring(0, name.length() - 2) : name;
        for (BuiltinType type : BuiltinType.all()) {
            if (type.name().equals(element)) {
                return isArray ? List.of(STRING) : possible(type);
            }
        }
        return List.of();
    }

    /** A choice for the type itself goes before one for the type under a domain. */
    private static Optional<ColumnType> ofType(TypeChoices choices, PgType type) {
        if (choices.types().isEmpty()) {
            return Optional.empty();
        }
        for (String name : type.names()) {
            for (Map.Entry<String, ColumnType> choice : choices.types().entrySet()) {
                if (canonical(choice.getKey()).equals(name) && counts(choice.getValue(), type)) {
                    return Optional.of(choice.getValue());
                }
            }
        }
        return Optional.empty();
    }

    /** A decimal for all numerics is for those that declare no precision of their own. */
    private static boolean counts(ColumnType wanted, PgType type) {
        return wanted.kind() != Kind.DECIMAL || type.columnType().kind() != Kind.DECIMAL;
    }
}
