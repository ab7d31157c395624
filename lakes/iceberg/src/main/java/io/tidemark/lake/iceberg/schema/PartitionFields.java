package io.tidemark.lake.iceberg.schema;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Partition fields as {@link LakeTableSpec#partitions()} writes them. A text that is the name of a column is that column, whatever it looks like. */
public final class PartitionFields {
    private static final Pattern TIME = Pattern.compile("(year|month|day|hour)\\(\\s*(.+?)\\s*\\)", Pattern.DOTALL);
    private static final Pattern SIZED =
            Pattern.compile("(bucket|truncate)\\(\\s*(\\d{1,9})\\s*,\\s*(.+?)\\s*\\)", Pattern.DOTALL);

    private PartitionFields() {}

    /**
     * Adds the partition fields of the spec to a table.
     *
     * @throws TidemarkException {@code PARTITION_INVALID} when a column is missing, of an unsuitable type, or a field is written twice
     */
    public static void add(LakeTableSpec spec, Schema schema, UpdatePartitionSpec update) {
        Set<String> taken = new HashSet<>();
        schema.columns().forEach(column -> taken.add(column.name()));
        Set<String> seen = new HashSet<>();
        for (Field field : parse(spec, schema)) {
            if (!seen.add(field.transform + "(" + field.column + ")")) {
                throw invalid(spec, field.text, "it is there twice");
            }
            String name = field.transform.equals("identity") ? field.column : field.column + "_" + field.transform;
            while (!field.transform.equals("identity") && !taken.add(name)) {
                name += "_";
            }
            update.addField(name, field.term);
        }
    }

    private static List<Field> parse(LakeTableSpec spec, Schema schema) {
        List<Field> fields = new ArrayList<>();
        for (String text : spec.partitions()) {
            fields.add(parse(spec, schema, text.strip()));
        }
        return fields;
    }

    private static Field parse(LakeTableSpec spec, Schema schema, String text) {
        Matcher time = TIME.matcher(text);
        Matcher sized = SIZED.matcher(text);
        if (schema.findField(text) != null) {
            return field(spec, schema, text, "identity", 0, text);
        } else if (time.matches()) {
            return field(spec, schema, text, time.group(1), 0, time.group(2));
        } else if (sized.matches()) {
            return field(spec, schema, text, sized.group(1), Integer.parseInt(sized.group(2)), sized.group(3));
        }
        throw invalid(
                spec,
                text,
                "it is neither a column nor year, month, day, hour(column), bucket or truncate(number, column)");
    }

    private static Field field(LakeTableSpec spec, Schema schema, String text, String name, int size, String column) {
        Types.NestedField source = schema.findField(column);
        if (source == null || spec.schema().indexOf(column) < 0) {
            throw invalid(spec, text, "the table has no such column");
        }
        if ((name.equals("bucket") || name.equals("truncate")) && size < 1) {
            throw invalid(spec, text, "its number must be at least 1");
        }
        Transform<?, ?> transform = transform(name, size);
        Type type = source.type();
        boolean isFloating = type.typeId() == Type.TypeID.FLOAT || type.typeId() == Type.TypeID.DOUBLE;
        if (isFloating || !transform.canTransform(type)) {
            throw invalid(spec, text, "a column of type " + type + " cannot be partitioned so");
        }
        Term term = switch (name) {
            case "year" -> Expressions.year(column);
            case "month" -> Expressions.month(column);
            case "day" -> Expressions.day(column);
            case "hour" -> Expressions.hour(column);
            case "bucket" -> Expressions.bucket(column, size);
            case "truncate" -> Expressions.truncate(column, size);
            default -> Expressions.ref(column);
        };
        return new Field(text, name, column, term);
    }

    private static Transform<?, ?> transform(String name, int size) {
        return switch (name) {
            case "year" -> Transforms.year();
            case "month" -> Transforms.month();
            case "day" -> Transforms.day();
            case "hour" -> Transforms.hour();
            case "bucket" -> Transforms.bucket(size);
            case "truncate" -> Transforms.truncate(size);
            default -> Transforms.identity();
        };
    }

    private static TidemarkException invalid(LakeTableSpec spec, String text, String reason) {
        return new TidemarkException(
                ErrorCode.PARTITION_INVALID,
                "Cannot partition " + spec.schema().table() + ": " + reason + " (partition=" + text + ")");
    }

    private record Field(String text, String transform, String column, Term term) {}
}
