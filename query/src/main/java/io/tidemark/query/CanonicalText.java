package io.tidemark.query;

import io.tidemark.spi.schema.ColumnType;
import java.util.StringJoiner;

/**
 * Canonical texts of values as SQL, by the definition at {@link io.tidemark.spi.verify.TableReading}. Every expression is exact: numbers are
 * never rounded, floating point is read as its bits.
 */
final class CanonicalText {
    private static final int DECIMAL_PRECISION_MAX = 38;

    private CanonicalText() {}

    /** The canonical text of a column, null for null. */
    static String of(ColumnType type, String column) {
        return switch (type.kind()) {
            case BOOLEAN -> "CASE WHEN " + column + " THEN 't' WHEN NOT " + column + " THEN 'f' END";
            case INT32, INT64, UUID -> "CAST(" + column + " AS VARCHAR)";
            case FLOAT32 -> bits(column, "UINTEGER", 8, "7fc00000");
            case FLOAT64 -> bits(column, "UBIGINT", 16, "7ff8000000000000");
            case DECIMAL -> decimal(type, column);
            case STRING -> column;
            case BYTES -> "lower(hex(" + column + "))";
            case DATE -> "CAST(" + column + " - DATE '1970-01-01' AS VARCHAR)";
            case TIME -> "CAST(epoch_us(" + column + ") AS VARCHAR)";
            case TIMESTAMP -> micros(column, "TIMESTAMP");
            case TIMESTAMP_TZ -> micros(column, "TIMESTAMPTZ");
            case LIST -> {
                // A name of its own at each level, since the inner ones see the outer ones.
                String element = "e" + type.depth();
                String texts =
                        "list_transform(" + column + ", lambda " + element + ": " + of(type.element(), element) + ")";
                yield items(texts);
            }
            case MAP -> {
                String entries = of(ColumnType.list(type.element()), "list_sort(map_entries(" + column + "))");
                yield "CASE WHEN " + column + " IS NOT NULL THEN " + entries + " END";
            }
            case STRUCT -> {
                StringJoiner texts = new StringJoiner(", ", "[", "]");
                for (ColumnType.Field field : type.fields()) {
                    String value = "struct_extract(" + column + ", " + Sql.text(field.name()) + ")";
                    texts.add("CAST(" + of(field.type(), value) + " AS VARCHAR)");
                }
                yield "CASE WHEN " + column + " IS NOT NULL THEN " + items(texts.toString()) + " END";
            }
        };
    }

    /** The text of a list of values, from a list of their texts; null for null. */
    private static String items(String texts) {
        return "array_to_string(list_transform(" + texts
                + ", lambda t: coalesce(CAST(strlen(t) AS VARCHAR) || ':' || t, '-')), '')";
    }

    /** SQL for a text that DuckDB reads as the value of this canonical text. */
    static String parsed(ColumnType type, String text) {
        return switch (type.kind()) {
            case BOOLEAN -> text.equals("t") ? "'true'" : "'false'";
            case INT32, INT64, DECIMAL, STRING, UUID -> Sql.text(text);
            case FLOAT32 -> Sql.text(Float.toString(Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16))));
            case FLOAT64 -> Sql.text(Double.toString(Double.longBitsToDouble(Long.parseUnsignedLong(text, 16))));
            case BYTES -> Sql.text(text.replaceAll("(..)", "\\\\x$1"));
            case DATE -> "CAST(DATE '1970-01-01' + CAST('" + text + "' AS INTEGER) AS VARCHAR)";
            case TIME -> "CAST(TIME '00:00:00' + to_microseconds(CAST('" + text + "' AS BIGINT)) AS VARCHAR)";
            case TIMESTAMP -> "CAST(make_timestamp(CAST('" + text + "' AS BIGINT)) AS VARCHAR)";
            case TIMESTAMP_TZ -> "CAST(make_timestamptz(CAST('" + text + "' AS BIGINT)) AS VARCHAR)";
            case LIST, STRUCT, MAP ->
                throw new IllegalArgumentException("Cannot read a default: nested columns of mirrors have none");
        };
    }

    /**
     * The text of a list of values, from columns that hold their canonical texts: for each {@code -}, or length, colon and text.
     *
     * @param texts the columns, in order
     */
    static String list(Iterable<String> texts) {
        StringBuilder parts = new StringBuilder("concat(''");
        for (String text : texts) {
            // concat leaves nulls out, so that a null text adds nothing behind its dash.
            parts.append(", coalesce(CAST(strlen(").append(text).append(") AS VARCHAR), '-'), CASE WHEN ");
            parts.append(text).append(" IS NULL THEN '' ELSE ':' END, ").append(text);
        }
        return parts.append(')').toString();
    }

    /** BIT keeps the IEEE bits of a number; casting it to an integer of the same size does not change them. */
    private static String bits(String column, String integer, int digits, String notANumber) {
        return "CASE WHEN isnan(" + column + ") THEN '" + notANumber + "' WHEN " + column
                + " IS NOT NULL THEN printf('%0" + digits + "x', CAST(CAST(" + column + " AS BIT) AS " + integer
                + ")) END";
    }

    /** DuckDB leaves out the zero before the point of a type that has no digits there; a wider type has one. */
    private static String decimal(ColumnType type, String column) {
        if (type.precision() > type.scale()) {
            return "CAST(" + column + " AS VARCHAR)";
        }
        if (type.precision() < DECIMAL_PRECISION_MAX) {
            return "CAST(CAST(" + column + " AS DECIMAL(" + (type.precision() + 1) + "," + type.scale()
                    + ")) AS VARCHAR)";
        }
        return "replace(CAST(" + column + " AS VARCHAR), '.', '0.')";
    }

    /** DuckDB takes the ends of the range for infinity, of which it does not tell the number. */
    private static String micros(String column, String type) {
        return "CASE WHEN isfinite(" + column + ") THEN CAST(epoch_us(" + column + ") AS VARCHAR) WHEN " + column
                + " > CAST('epoch' AS "
                + type + ") THEN '" + Long.MAX_VALUE + "' WHEN " + column + " IS NOT NULL THEN '" + -Long.MAX_VALUE
                + "' END";
    }
}
