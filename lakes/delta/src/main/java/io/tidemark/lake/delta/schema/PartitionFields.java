package io.tidemark.lake.delta.schema;

import io.tidemark.lake.delta.schema.PartitionField.Unit;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Partition fields as {@link LakeTableSpec#partitions()} writes them. A text that is the name of a column makes that column a partition column. The
 * year, month, day or hour of a column becomes a partition column of its own, whose values are only in the log.
 */
final class PartitionFields {
    private static final Pattern TIME = Pattern.compile("(year|month|day|hour)\\(\\s*(.+?)\\s*\\)", Pattern.DOTALL);
    private static final Set<Kind> PLAIN =
            EnumSet.of(Kind.BOOLEAN, Kind.INT32, Kind.INT64, Kind.DECIMAL, Kind.STRING, Kind.DATE);
    private static final Set<Kind> TIMES = EnumSet.of(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ);

    private PartitionFields() {}

    /**
     * The partition columns of a mirror, with their own names for physical ones.
     *
     * @throws TidemarkException {@code PARTITION_INVALID} for what Delta has not, or when a column is missing, of an unsuitable type, or a field is
     *     written twice
     */
    static List<PartitionField> of(LakeTableSpec spec) {
        Set<String> taken = new HashSet<>(Set.of(LakeTableSpec.DELETED_AT));
        for (Column column : spec.schema().columns()) {
            taken.add(column.name().toLowerCase(Locale.ROOT));
        }
        List<PartitionField> fields = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (String written : spec.partitions()) {
            String text = written.strip();
            PartitionField field = field(spec, text);
            if (!seen.add(List.of(field.source(), field.unit()))) {
                throw invalid(spec, text, "it is there twice");
            }
            String name = field.name();
            while (field.unit() != Unit.VALUE && !taken.add(name.toLowerCase(Locale.ROOT))) {
                name += "_";
            }
            fields.add(new PartitionField(name, name, field.source(), field.unit()));
        }
        long plain = fields.stream().filter(field -> field.unit() == Unit.VALUE).count();
        if (plain == spec.schema().columns().size()) {
            throw invalid(spec, spec.partitions().toString(), "no column is left for the files");
        }
        return fields;
    }

    private static PartitionField field(LakeTableSpec spec, String text) {
        Matcher time = TIME.matcher(text);
        if (spec.schema().indexOf(text) >= 0) {
            return field(spec, text, Unit.VALUE, text);
        } else if (time.matches()) {
            return field(spec, text, Unit.valueOf(time.group(1).toUpperCase(Locale.ROOT)), time.group(2));
        }
        throw invalid(spec, text, "it is neither a column nor year, month, day or hour(column)");
    }

    private static PartitionField field(LakeTableSpec spec, String text, Unit unit, String column) {
        int source = spec.schema().indexOf(column);
        if (source < 0) {
            throw invalid(spec, text, "the table has no such column");
        }
        Kind kind = spec.schema().columns().get(source).type().kind();
        boolean fits = unit == Unit.VALUE ? PLAIN.contains(kind) : TIMES.contains(kind);
        if (!fits || (unit == Unit.HOUR && kind == Kind.DATE)) {
            throw invalid(
                    spec,
                    text,
                    "a column of type " + spec.schema().columns().get(source).type() + " cannot be partitioned so");
        }
        String name = unit == Unit.VALUE ? column : column + "_" + unit.name().toLowerCase(Locale.ROOT);
        return new PartitionField(name, name, source, unit);
    }

    private static TidemarkException invalid(LakeTableSpec spec, String text, String reason) {
        return new TidemarkException(
                ErrorCode.PARTITION_INVALID,
                "Cannot partition " + spec.schema().table() + " in Delta: " + reason + " (partition=" + text + ")",
                "Partition by a column that holds few different values, or by year, month, day or hour of a date or time; Delta has no"
                        + " buckets and no truncated values.",
                null);
    }
}
