package io.tidemark.lake.iceberg.write;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Finds the partition of rows: numbers from 0 in the order in which partitions are met. Not thread-safe. */
final class PartitionValues {
    private final PartitionSpec spec;
    private final List<Field> fields = new ArrayList<>();
    private final Map<List<@Nullable Object>, Integer> numbers = new HashMap<>();
    private final List<PartitionData> partitions = new ArrayList<>();
    private @Nullable List<@Nullable Object> last;
    private int lastNumber;

    PartitionValues(MirrorFiles files, PartitionSpec spec) {
        this.spec = spec;
        Schema schema = files.schema();
        for (PartitionField field : spec.fields()) {
            int column = 0;
            while (files.columns().get(column).fieldId() != field.sourceId()) {
                column++;
            }
            fields.add(new Field(column, transform(field, schema.findType(field.sourceId()))));
        }
    }

    PartitionData partition(int number) {
        return partitions.get(number);
    }

    /** The number of the row's partition. */
    int number(List<? extends ColumnVector> vectors, int row) {
        List<@Nullable Object> values = new ArrayList<>(fields.size());
        for (Field field : fields) {
            ColumnVector vector = vectors.get(field.column);
            values.add(vector.isPresent(row) ? field.transform.apply(value(vector, row)) : null);
        }
        if (!values.equals(last)) {
            last = values;
            lastNumber = numbers.computeIfAbsent(values, this::add);
        }
        return lastNumber;
    }

    private int add(List<@Nullable Object> values) {
        PartitionData partition = new PartitionData(spec.partitionType());
        for (int i = 0; i < values.size(); i++) {
            partition.set(i, values.get(i));
        }
        partitions.add(partition);
        return partitions.size() - 1;
    }

    @SuppressWarnings("unchecked")
    private static Function<Object, @Nullable Object> transform(PartitionField field, Type source) {
        // The transform takes the Java type of its source, which the type of the column decides.
        return (Function<Object, @Nullable Object>)
                (Function<?, ?>) field.transform().bind(source);
    }

    /** The value as Iceberg's transforms take it. */
    private static Object value(ColumnVector vector, int row) {
        ColumnType type = vector.type();
        if (vector instanceof LongVector values) {
            return type.kind() == ColumnType.Kind.DECIMAL
                    ? BigDecimal.valueOf(values.value(row), type.scale())
                    : (Object) values.value(row);
        } else if (vector instanceof IntVector values) {
            return values.value(row);
        } else if (vector instanceof BooleanVector values) {
            return values.value(row);
        } else if (vector instanceof BytesVector values) {
            return switch (type.kind()) {
                case STRING -> values.text(row);
                case UUID -> uuid(values, row);
                case DECIMAL -> new BigDecimal(new BigInteger(values.bytes(row)), type.scale());
                default -> ByteBuffer.wrap(values.bytes(row));
            };
        }
        throw new IllegalArgumentException("Cannot partition by a column of type " + type);
    }

    private static UUID uuid(BytesVector values, int row) {
        ByteBuffer bytes = ByteBuffer.wrap(values.data(), values.start(row), values.length(row));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private record Field(int column, Function<Object, @Nullable Object> transform) {}
}
