package io.tidemark.source.postgres.type;

import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;

/** Every type that is carried and what becomes of it, for the reference page and for the test that proves each of its rows. */
public final class TypeTable {
    /** Digits that stand for the user's in decimals. */
    private static final ColumnType DECIMAL_EXAMPLE = ColumnType.decimal(12, 2);

    private static final ColumnType COMPOSITE_EXAMPLE = ColumnType.struct(List.of(
            new ColumnType.Field("a", ColumnType.INT32),
            new ColumnType.Field("b", ColumnType.STRING),
            new ColumnType.Field("c", ColumnType.list(ColumnType.DATE))));

    private static final String STRING = "string";

    private TypeTable() {}

    /**
     * A type.
     *
     * @param name as Postgres prints it; in other words what kind of type it is
     * @param carried the column type that it is carried as; for decimals an example
     * @param carriedText that type for people
     * @param misfits values that the column type cannot hold; empty when it holds all
     * @param choices what else a column of the type can be carried as, as the configuration writes it
     */
    public record Row(String name, ColumnType carried, String carriedText, String misfits, List<String> choices) {
        public Row {
            choices = List.copyOf(choices);
        }

        private static Row of(String name, ColumnType carried, List<String> choices) {
            return new Row(name, carried, carried.toString(), TypeTable.misfits(carried), choices);
        }
    }

    /** Values of arrays that a list cannot hold, beside elements that do not fit. */
    private static final String ARRAY_MISFITS =
            "several dimensions, one that does not begin at 1, an element that does not fit";

    /** Whether arrays of a type can be carried as string too. Those of money print as the server's locale has it. */
    public static boolean hasArrayText(Row row) {
        return !row.name().equals("money");
    }

    /** Types that every database has, by name. */
    public static List<Row> builtin() {
        List<Row> rows = new ArrayList<>();
        for (BuiltinType type : BuiltinType.all()) {
            rows.add(Row.of(
                    type.name(),
                    type.type(),
                    ColumnChoices.possible(type).stream()
                            .filter(choice -> !choice.equals(type.type().toString()))
                            .toList()));
        }
        rows.add(new Row("numeric(p,s)", DECIMAL_EXAMPLE, "decimal(p,s)", "NaN", List.of(STRING, "decimal(p,s)")));
        PgType money = PgType.of(BuiltinType.MONEY, -1, TypeCatalog.EMPTY);
        rows.add(Row.of("money", money.columnType(), List.of(STRING)));
        rows.sort(Comparator.comparing(row -> row.name().replace("\"", "")));
        return List.copyOf(rows);
    }

    /** Kinds of types that users and extensions make. */
    public static List<Row> made() {
        List<Row> rows = new ArrayList<>();
        for (UserType.Kind kind : UserType.Kind.values()) {
            switch (kind) {
                case BASE ->
                    StreamSupport.stream(FormFinder.extensions().spliterator(), false)
                            .sorted()
                            .forEach(name -> rows.add(text(name)));
                case ENUM -> rows.add(text("enum"));
                case DOMAIN ->
                    rows.add(new Row(
                            "domain",
                            DECIMAL_EXAMPLE,
                            "as the type under it",
                            "as of the type under it",
                            List.of(STRING, "as the type under it")));
                case ARRAY ->
                    rows.add(new Row(
                            "array of any type here",
                            ColumnType.list(ColumnType.STRING),
                            "list of the element's type",
                            ARRAY_MISFITS,
                            List.of(STRING)));
                case COMPOSITE ->
                    rows.add(new Row(
                            "composite",
                            COMPOSITE_EXAMPLE,
                            "struct of the fields' types",
                            "a field that does not fit",
                            List.of(STRING)));
                case RANGE -> rows.add(text("range"));
                case MULTIRANGE -> rows.add(text("multirange"));
            }
        }
        return List.copyOf(rows);
    }

    private static Row text(String name) {
        return Row.of(name, ColumnType.STRING, List.of());
    }

    /** What Postgres has beyond a column type. Money has as many digits as its decimal. */
    private static String misfits(ColumnType carried) {
        return switch (carried.kind()) {
            case DATE -> "infinity, -infinity";
            case TIME -> "24:00:00";
            case TIMESTAMP, TIMESTAMP_TZ -> "infinity, -infinity, after 294247-01-10 04:00:54.775807";
            case BOOLEAN, INT32, INT64, FLOAT32, FLOAT64, DECIMAL, STRING, BYTES, UUID -> "";
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException("Cannot tell what does not fit: no built-in type is nested");
        };
    }
}
