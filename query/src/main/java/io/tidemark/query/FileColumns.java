package io.tidemark.query;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Columns to read from Parquet files, by name or all by field id, given to DuckDB as the files' schema: a file that lacks a column gives nulls, and the footers of all
 * but the first file are read only when the query comes to them. Inside a query the columns are {@code c0}, {@code c1} and so on, which no
 * virtual column of DuckDB's reader can hide.
 */
final class FileColumns {
    private final List<String> names = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final List<String> defaults = new ArrayList<>();
    private final Map<String, Integer> seen = new HashMap<>();

    static FileColumns of(RowSchema schema) {
        FileColumns columns = new FileColumns();
        for (Column column : schema.columns()) {
            columns.add(column.name(), column.type());
        }
        return columns;
    }

    /** DuckDB does not tell names by case: like its reader, this numbers those that come again. */
    FileColumns add(String name, ColumnType type) {
        String numbered = addNamed(name, type);
        keys.add(Sql.text(numbered));
        defaults.add("NULL");
        return this;
    }

    /**
     * A column that the files know by its field id, whatever its name is there.
     *
     * @param initial what files hold that lack the column, as canonical text; null for null
     */
    FileColumns add(String name, ColumnType type, int fieldId, @Nullable String initial) {
        addNamed(name, type);
        keys.add(Integer.toString(fieldId));
        defaults.add(initial == null ? "NULL" : CanonicalText.parsed(type, initial));
        return this;
    }

    private String addNamed(String name, ColumnType type) {
        int times = seen.merge(name.toLowerCase(Locale.ROOT), 1, Integer::sum);
        String numbered = times == 1 ? name : name + "_" + (times - 1);
        names.add(numbered);
        types.add(Sql.type(type));
        return numbered;
    }

    int size() {
        return names.size();
    }

    /** The columns as {@code c0, c1, ...}, each after the prefix. */
    String internal(String prefix) {
        return list((i, text) -> text.append(prefix).append('c').append(i));
    }

    /** {@code c0 AS "name", ...}: what the user sees. */
    String named() {
        return list((i, text) -> text.append('c').append(i).append(" AS ").append(TableId.quote(names.get(i))));
    }

    /** A reader of the files whose columns are {@code c0}, {@code c1}, ... */
    String reader(List<String> files) {
        StringBuilder text = new StringBuilder("read_parquet([");
        for (int i = 0; i < files.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(Sql.text(files.get(i)));
        }
        text.append("], hive_partitioning = false, schema = MAP {");
        text.append(list((i, out) -> out.append(keys.get(i))
                .append(": {name: 'c")
                .append(i)
                .append("', type: ")
                .append(Sql.text(types.get(i)))
                .append(", default_value: ")
                .append(defaults.get(i))
                .append('}')));
        return text.append("})").toString();
    }

    /** The same columns without rows. */
    String nothing() {
        return "SELECT "
                + list((i, text) -> text.append("CAST(NULL AS ")
                        .append(types.get(i))
                        .append(") AS c")
                        .append(i))
                + " WHERE false";
    }

    private String list(Item item) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            text.append(i == 0 ? "" : ", ");
            item.append(i, text);
        }
        return text.toString();
    }

    private interface Item {
        void append(int index, StringBuilder text);
    }
}
