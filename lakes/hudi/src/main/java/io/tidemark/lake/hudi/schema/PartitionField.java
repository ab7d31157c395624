package io.tidemark.lake.hudi.schema;

import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Kind;
import io.tidemark.spi.schema.RowSchema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A partition field as {@link LakeTableSpec#partitions()} writes it. A text that is the name of a column is that column, whatever it looks like.
 *
 * @param transform {@code identity}, {@code year}, {@code month}, {@code day}, {@code hour}, {@code bucket} or {@code truncate}
 * @param size number of buckets or width; 0 for others
 * @param column name of the column
 * @param index its place
 * @param type its type
 */
record PartitionField(String transform, int size, String column, int index, ColumnType type) {
    private static final Pattern TIME = Pattern.compile("(year|month|day|hour)\\(\\s*(.+?)\\s*\\)", Pattern.DOTALL);
    private static final Pattern SIZED =
            Pattern.compile("(bucket|truncate)\\(\\s*(\\d{1,9})\\s*,\\s*(.+?)\\s*\\)", Pattern.DOTALL);

    private static final Set<Kind> TIMES = Set.of(Kind.TIMESTAMP, Kind.TIMESTAMP_TZ);
    private static final Set<Kind> WHOLE =
            Set.of(Kind.BOOLEAN, Kind.INT32, Kind.INT64, Kind.STRING, Kind.UUID, Kind.DATE);
    private static final Set<Kind> HASHED = Set.of(
            Kind.INT32, Kind.INT64, Kind.STRING, Kind.UUID, Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ);
    private static final Set<Kind> TRUNCATED = Set.of(Kind.INT32, Kind.INT64, Kind.STRING);

    /**
     * The fields of a spec.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code PARTITION_INVALID} when a column is missing, of an unsuitable type, or a field is
     *     written twice
     */
    static List<PartitionField> parse(LakeTableSpec spec) {
        List<PartitionField> fields = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String text : spec.partitions()) {
            PartitionField field = parse(spec, text.strip());
            if (!seen.add(field.transform + "(" + field.column + ")")) {
                throw PartitionPaths.invalid(spec, text, "it is there twice");
            }
            fields.add(field);
        }
        return List.copyOf(fields);
    }

    private static PartitionField parse(LakeTableSpec spec, String text) {
        RowSchema schema = spec.schema();
        Matcher time = TIME.matcher(text);
        Matcher sized = SIZED.matcher(text);
        String transform = "identity";
        String column = text;
        int size = 0;
        if (schema.indexOf(text) < 0 && time.matches()) {
            transform = time.group(1);
            column = time.group(2);
        } else if (schema.indexOf(text) < 0 && sized.matches()) {
            transform = sized.group(1);
            size = Integer.parseInt(sized.group(2));
            column = sized.group(3);
            if (size < 1) {
                throw PartitionPaths.invalid(spec, text, "its number must be at least 1");
            }
        } else if (schema.indexOf(text) < 0 && text.indexOf('(') >= 0) {
            throw PartitionPaths.invalid(
                    spec,
                    text,
                    "it is neither a column nor year(..), month(..), day(..), hour(..), bucket(N, ..) or truncate(N, ..)");
        }
        int index = schema.indexOf(column);
        if (index < 0) {
            throw PartitionPaths.invalid(spec, text, "the table has no such column");
        }
        ColumnType type = schema.columns().get(index).type();
        if (!fits(transform, type.kind())) {
            throw PartitionPaths.invalid(spec, text, "a column of type " + type + " cannot be partitioned so");
        }
        return new PartitionField(transform, size, column, index, type);
    }

    private static boolean fits(String transform, Kind kind) {
        return switch (transform) {
            case "identity" -> WHOLE.contains(kind);
            case "year", "month", "day" -> kind == Kind.DATE || TIMES.contains(kind);
            case "hour" -> TIMES.contains(kind);
            case "bucket" -> HASHED.contains(kind);
            default -> TRUNCATED.contains(kind);
        };
    }

    boolean isIdentity() {
        return transform.equals("identity");
    }

    /** The part of the path that a value, as Avro has it, makes. */
    String text(Object value) {
        return switch (transform) {
            case "identity" ->
                type.kind() == Kind.DATE ? LocalDate.ofEpochDay((Integer) value).toString() : value.toString();
            case "bucket" -> Long.toString(hash(value.toString()) % size);
            case "truncate" -> truncated(value);
            default -> time(value);
        };
    }

    private String time(Object value) {
        LocalDateTime time = value instanceof Integer days
                ? LocalDate.ofEpochDay(days).atStartOfDay()
                : LocalDateTime.ofInstant(Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS), ZoneOffset.UTC);
        String day = time.toLocalDate().toString();
        // A year may have more than four digits, and a sign.
        int dayPart = "-01".length();
        return switch (transform) {
            case "year" -> day.substring(0, day.length() - 2 * dayPart);
            case "month" -> day.substring(0, day.length() - dayPart);
            case "day" -> day;
            default -> day + String.format("-%02d", time.getHour());
        };
    }

    private String truncated(Object value) {
        if (value instanceof Integer number) {
            return Long.toString((long) number - Math.floorMod(number, size));
        }
        if (value instanceof Long number) {
            return java.math.BigInteger.valueOf(number)
                    .subtract(java.math.BigInteger.valueOf(Math.floorMod(number, size)))
                    .toString();
        }
        String text = value.toString();
        return text.codePointCount(0, text.length()) <= size
                ? text
                : text.substring(0, text.offsetByCodePoints(0, size));
    }

    private static long hash(String text) {
        CRC32 hash = new CRC32();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        return hash.getValue();
    }
}
