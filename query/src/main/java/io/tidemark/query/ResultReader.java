package io.tidemark.query;

import io.tidemark.spi.query.ResultVisitor;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/** Hands a result on, row by row, as plain Java values. */
final class ResultReader {
    /** The end of the day, which SQL has and {@link java.time.LocalTime} has not. */
    private static final String END_OF_DAY = "24:00:00";

    private ResultReader() {}

    static void read(ResultSet rows, ResultVisitor visitor) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        int width = meta.getColumnCount();
        List<String> names = new ArrayList<>(width);
        List<String> types = new ArrayList<>(width);
        for (int i = 1; i <= width; i++) {
            names.add(meta.getColumnLabel(i));
            types.add(meta.getColumnTypeName(i));
        }
        visitor.columns(List.copyOf(names), List.copyOf(types));
        while (rows.next()) {
            List<@Nullable Object> values = new ArrayList<>(width);
            for (int i = 1; i <= width; i++) {
                values.add(value(rows, i, types.get(i - 1)));
            }
            visitor.row(values);
        }
    }

    private static @Nullable Object value(ResultSet rows, int column, String type) throws SQLException {
        if (type.equals("TIME")) {
            return timeOfDay(rows, column);
        }
        if (type.startsWith("TIMESTAMP") && !type.endsWith("TIME ZONE") && !type.endsWith("]")) {
            LocalDateTime time = rows.getObject(column, LocalDateTime.class);
            return time == null ? null : Times.named(time);
        }
        return plain(rows.getObject(column));
    }

    private static @Nullable Object timeOfDay(ResultSet rows, int column) throws SQLException {
        try {
            return rows.getObject(column);
        } catch (DateTimeException e) {
            return END_OF_DAY;
        }
    }

    private static @Nullable Object plain(@Nullable Object value) throws SQLException {
        if (value == null
                || value instanceof Number
                || value instanceof String
                || value instanceof Boolean
                || value instanceof UUID) {
            return value;
        }
        if (value instanceof Timestamp timestamp) {
            return Times.nested(timestamp);
        }
        if (value instanceof LocalDate date) {
            return Times.named(date);
        }
        if (value instanceof OffsetDateTime time) {
            return Times.named(time);
        }
        if (value instanceof Blob blob) {
            return blob.getBytes(1, Math.toIntExact(blob.length()));
        }
        if (value instanceof Array array) {
            return list(array);
        }
        if (value instanceof DuckDBStruct struct) {
            return map(struct.getMap());
        }
        if (value instanceof Struct struct) {
            return plainAll(List.of(struct.getAttributes()));
        }
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        return value instanceof java.time.temporal.TemporalAccessor ? value : value.toString();
    }

    private static List<@Nullable Object> list(Array array) throws SQLException {
        Object elements = array.getArray();
        List<@Nullable Object> values = new ArrayList<>();
        int length = java.lang.reflect.Array.getLength(elements);
        for (int i = 0; i < length; i++) {
            values.add(plain(java.lang.reflect.Array.get(elements, i)));
        }
        return values;
    }

    private static List<@Nullable Object> plainAll(List<?> elements) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(elements.size());
        for (Object element : elements) {
            values.add(plain(element));
        }
        return values;
    }

    private static Map<@Nullable Object, @Nullable Object> map(Map<?, ?> entries) throws SQLException {
        Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            values.put(plain(entry.getKey()), plain(entry.getValue()));
        }
        return values;
    }
}
