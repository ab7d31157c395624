package io.tidemark.conformance;

import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** A mirror read through Iceberg's own catalog and reader, its values printed as Postgres prints them. Shares no code with Tidemark. */
final class MirrorRows {
    private static final String OWN_COLUMNS = "_tidemark_";
    private static final String DELETED_AT = OWN_COLUMNS + "deleted_at";

    private final List<Types.NestedField> fields;
    private final List<List<String>> rows;

    private MirrorRows(List<Types.NestedField> fields, List<List<String>> rows) {
        this.fields = fields;
        this.rows = rows;
    }

    /** Reads the mirror; rows that are marked as deleted are left out. */
    static MirrorRows read(Path state, Path lake, TableId id) throws IOException {
        try (JdbcCatalog catalog = new JdbcCatalog()) {
            catalog.initialize(
                    "tidemark",
                    Map.of(
                            CatalogProperties.URI,
                            "jdbc:sqlite:" + state.resolve("catalog.db"),
                            CatalogProperties.WAREHOUSE_LOCATION,
                            lake.toString(),
                            CatalogProperties.FILE_IO_IMPL,
                            PlainFiles.class.getName(),
                            "jdbc.schema-version",
                            "V1",
                            "jdbc.busy_timeout",
                            "30000"));
            return read(catalog.loadTable(TableIdentifier.of(id.schema(), id.name())));
        }
    }

    private static MirrorRows read(Table table) throws IOException {
        List<Types.NestedField> fields = table.schema().columns().stream()
                .filter(field -> !field.name().startsWith(OWN_COLUMNS))
                .toList();
        boolean isSoft = table.schema().findField(DELETED_AT) != null;
        List<List<String>> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            for (Record found : records) {
                if (isSoft && found.getField(DELETED_AT) != null) {
                    continue;
                }
                List<String> row = new ArrayList<>();
                for (Types.NestedField field : fields) {
                    Object value = found.getField(field.name());
                    row.add(value == null ? null : text(value, field.type()));
                }
                rows.add(row);
            }
        }
        return new MirrorRows(fields, rows);
    }

    List<String> columns() {
        return fields.stream().map(Types.NestedField::name).toList();
    }

    List<List<String>> rows() {
        return rows;
    }

    /** What the database printed of a row, each value as the function has it for the type of its column. */
    List<String> comparable(List<String> printed, BiFunction<String, Type, String> form) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            String value = printed.get(i);
            row.add(value == null ? null : form.apply(value, fields.get(i).type()));
        }
        return row;
    }

    private static String text(Object value, Type type) {
        if (type.isMapType()) {
            return entries(
                    ((Map<?, ?>) value), entry -> text(entry, type.asMapType().valueType()));
        }
        if (type.isNestedType()) {
            return NestedText.print(value, type, MirrorRows::text);
        }
        return text(value);
    }

    /** A map by its keys, each value printed by the function. */
    static <V> String entries(Map<?, V> map, Function<V, String> text) {
        Map<String, String> texts = new TreeMap<>();
        map.forEach((key, value) -> texts.put(key.toString(), value == null ? null : text.apply(value)));
        return texts.toString();
    }

    private static String text(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? "t" : "f";
        } else if (value instanceof java.math.BigDecimal number) {
            return number.toPlainString();
        } else if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return "\\x" + HexFormat.of().formatHex(copy);
        } else if (value instanceof LocalDate date) {
            return day(date) + era(date);
        } else if (value instanceof LocalTime time) {
            return clock(time);
        } else if (value instanceof LocalDateTime at) {
            return day(at.toLocalDate()) + " " + clock(at.toLocalTime()) + era(at.toLocalDate());
        } else if (value instanceof OffsetDateTime at) {
            LocalDateTime utc = at.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
            return day(utc.toLocalDate()) + " " + clock(utc.toLocalTime()) + "+00" + era(utc.toLocalDate());
        }
        return value.toString();
    }

    /** Postgres has no year 0: the year before 1 is 1 BC. */
    private static String day(LocalDate date) {
        int year = date.getYear() <= 0 ? 1 - date.getYear() : date.getYear();
        return String.format("%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
    }

    private static String era(LocalDate date) {
        return date.getYear() <= 0 ? " BC" : "";
    }

    private static String clock(LocalTime time) {
        String whole = String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
        if (time.getNano() == 0) {
            return whole;
        }
        return whole + "." + String.format("%06d", time.getNano() / 1_000).replaceAll("0+$", "");
    }
}
