package io.tidemark.source.postgres.verify;

import io.tidemark.source.postgres.type.PgType;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Kind;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.StringJoiner;

/**
 * SQL whose value is the canonical text of a list or struct: for each value in it a dash, or length, colon and text. Every value is bound to a name
 * of its level once, so that the SQL grows with the type and no column of the table is taken for another. An array that is no list gets a text
 * that no mirror has.
 */
final class NestedSql {
    private NestedSql() {}

    static String expression(PgType type, String column) {
        return nested(type, column, 1);
    }

    private static String nested(PgType type, String value, int level) {
        return type.columnType().kind() == Kind.LIST ? list(type, value, level) : struct(type, value, level);
    }

    /**
     * The elements come from the list of results: behind FROM, unnest takes composite values apart, and which of them are null is lost. IS DISTINCT
     * FROM NULL holds for a composite value of nulls, for which IS NOT NULL does not.
     */
    private static String list(PgType type, String value, int level) {
        PgType element = type.parts().get(0);
        String array = "a" + level + ".a";
        String item = item(type, text(element, "u" + level + ".v", level + 1), level);
        return "(select case when " + array + " is distinct from null then case when array_ndims(" + array
                + ") > 1 or array_lower(" + array + ", 1) <> 1 then 'no list: ' || " + array + "::text"
                + " else (select coalesce(string_agg(" + item + ", '' order by u" + level
                + ".i), '') from (select unnest("
                + array + ") as v, generate_series(1, cardinality(" + array + ")) as i) u" + level
                + ") end end from (select " + value + " as a) a" + level + ")";
    }

    private static String struct(PgType type, String value, int level) {
        String row = "s" + level + ".s";
        StringJoiner items = new StringJoiner(" || ");
        List<ColumnType.Field> fields = type.columnType().fields();
        for (int i = 0; i < fields.size(); i++) {
            String field = "(" + row + ")." + TableId.quote(fields.get(i).name());
            items.add(item(type, text(type.parts().get(i), field, level + 1), level));
        }
        return "(select case when " + row + " is distinct from null then " + items + " end from (select " + value
                + " as s) s" + level + ")";
    }

    /** The barrier keeps the planner from writing the text out wherever it is used, which is four times as long at each level. */
    private static String item(PgType type, String text, int level) {
        String name = "t" + level + ".t";
        return "(select coalesce(" + type.utf8LengthExpression(name) + "::text || ':' || " + name
                + ", '-') from (select " + text + " as t offset 0) t" + level + ")";
    }

    /** The canonical text as a text: COPY prints some types another way than a cast does. */
    private static String text(PgType type, String value, int level) {
        ColumnType columnType = type.columnType();
        return switch (columnType.kind()) {
            case LIST, STRUCT -> nested(type, value, level);
            case MAP -> throw CanonicalSql.map();
            case BOOLEAN -> "case when " + value + " then 't' when not " + value + " then 'f' end";
            case DECIMAL -> "(" + type.partExpression(value) + ")::text";
            case INT32, INT64, FLOAT32, FLOAT64, STRING, BYTES, UUID, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ ->
                "(" + CanonicalSql.expression(columnType, type, value) + ")::text";
        };
    }
}
