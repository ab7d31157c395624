package io.tidemark.query;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import java.util.stream.Collectors;

/** Spelling of names, texts and types in DuckDB's SQL. */
final class Sql {
    /** The catalog that a session starts with. */
    static final String CATALOG = "memory";

    private Sql() {}

    /** A text constant. */
    static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    static String type(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case FLOAT32 -> "FLOAT";
            case FLOAT64 -> "DOUBLE";
            case DECIMAL -> "DECIMAL(" + type.precision() + "," + type.scale() + ")";
            case STRING -> "VARCHAR";
            case BYTES -> "BLOB";
            case UUID -> "UUID";
            case DATE -> "DATE";
            case TIME -> "TIME";
            case TIMESTAMP -> "TIMESTAMP";
            case TIMESTAMP_TZ -> "TIMESTAMPTZ";
            case LIST -> type(type.element()) + "[]";
            case MAP -> "MAP(VARCHAR, " + type(type.fields().get(1).type()) + ")";
            case STRUCT ->
                type.fields().stream()
                        .map(field -> TableId.quote(field.name()) + " " + type(field.type()))
                        .collect(Collectors.joining(", ", "STRUCT(", ")"));
        };
    }
}
