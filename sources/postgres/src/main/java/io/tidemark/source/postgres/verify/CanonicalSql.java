package io.tidemark.source.postgres.verify;

import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import java.util.StringJoiner;

/**
 * SQL whose output in a text COPY is the canonical text of a column ({@link io.tidemark.spi.verify.TableReading}). Values that the column type
 * cannot hold (infinite times, NaN in a decimal) get a text that no mirror has, so that they show as differences.
 */
final class CanonicalSql {
    private CanonicalSql() {}

    /** All columns of the layout, separated by commas. */
    static String columns(RelationLayout layout) {
        StringJoiner columns = new StringJoiner(", ");
        for (int i = 0; i < layout.types().size(); i++) {
            Column column = layout.schema().columns().get(i);
            columns.add(expression(column.type(), layout.types().get(i), TableId.quote(column.name())));
        }
        return columns.toString();
    }

    static String expression(ColumnType type, PgType pgType, String column) {
        return switch (type.kind()) {
            case BOOLEAN, INT32, INT64, UUID -> column;
            case DECIMAL -> pgType.valueExpression(column);
            case STRING -> pgType.asTextExpression(column);
            case BYTES -> "encode(" + column + ", 'hex')";
            case FLOAT32 ->
                "case when " + column + " = 'NaN' then '7fc00000' else encode(float4send(" + column + "), 'hex') end";
            case FLOAT64 ->
                "case when " + column + " = 'NaN' then '7ff8000000000000' else encode(float8send(" + column
                        + "), 'hex') end";
            case DATE ->
                "case when isfinite(" + column + ") then (" + column + " - '1970-01-01'::date)::text else " + column
                        + "::text end";
            // Exact: extract gives a numeric with six digits after the point.
            case TIME, TIMESTAMP, TIMESTAMP_TZ -> "trunc(extract(epoch from " + column + ") * 1000000)";
            case LIST, STRUCT -> NestedSql.expression(pgType, column);
            case MAP -> throw map();
        };
    }

    static IllegalArgumentException map() {
        return new IllegalArgumentException("Cannot write SQL for a map: no type of Postgres is carried as one");
    }
}
