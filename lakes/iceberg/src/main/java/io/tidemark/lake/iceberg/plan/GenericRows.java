package io.tidemark.lake.iceberg.plan;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.Column;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Reads a version through Iceberg's own generic reader, which shares no code with our writing and reading. */
public final class GenericRows {
    private static final int BATCH_ROWS = 4096;
    private static final long BATCH_BYTES = 8L << 20;
    private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

    private GenericRows() {}

    /** Hands on every living row of the version; soft-deleted ones are not among them. */
    public static void read(Table table, long version, LakeTableSpec spec, Consumer<ChangeBatch> consumer) {
        boolean isSoft = spec.deletes() == DeleteMode.SOFT;
        ChangeBatch batch = new ChangeBatch(spec.schema(), BATCH_ROWS);
        // A version by number would come with the columns that the table had then.
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .useSnapshot(version)
                .project(table.schema())
                .build()) {
            for (Record row : records) {
                if (isSoft && row.getField(LakeTableSpec.DELETED_AT) != null) {
                    continue;
                }
                append(batch, spec, row);
                if (batch.size() == BATCH_ROWS || batch.byteSize() > BATCH_BYTES) {
                    consumer.accept(batch);
                    batch = new ChangeBatch(spec.schema(), BATCH_ROWS);
                }
            }
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot read " + table.name(), e);
        }
        if (!batch.isEmpty()) {
            consumer.accept(batch);
        }
    }

    private static void append(ChangeBatch batch, LakeTableSpec spec, Record row) {
        batch.beginRow(Operation.INSERT, 0, 0, 0, 0);
        int at = 0;
        for (Column column : spec.schema().columns()) {
            ColumnVector vector = batch.column(at++);
            appendInside(vector, row.getField(column.name()));
        }
    }

    private static void append(ColumnVector vector, Object value) {
        if (vector instanceof BooleanVector values) {
            values.append((Boolean) value);
        } else if (vector instanceof IntVector values) {
            values.append(value instanceof LocalDate date ? Math.toIntExact(date.toEpochDay()) : (Integer) value);
        } else if (vector instanceof LongVector values) {
            values.append(number(value));
        } else if (vector instanceof FloatVector values) {
            values.append((Float) value);
        } else if (vector instanceof DoubleVector values) {
            values.append((Double) value);
        } else if (vector instanceof BytesVector values) {
            append(values, value);
        } else if (vector instanceof ListVector values && value instanceof Map<?, ?> map) {
            values.appendMap(map, GenericRows::appendInside);
        } else if (vector instanceof ListVector values) {
            values.begin();
            ((List<?>) value).forEach(element -> appendInside(values.element(), element));
        } else if (vector instanceof StructVector values) {
            values.begin();
            for (int i = 0; i < values.fields().size(); i++) {
                String name = values.type().fields().get(i).name();
                appendInside(values.field(i), ((Record) value).getField(name));
            }
        }
    }

    private static void appendInside(ColumnVector vector, @Nullable Object value) {
        if (value == null) {
            vector.appendNull();
        } else {
            append(vector, value);
        }
    }

    private static long number(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.unscaledValue().longValueExact();
        } else if (value instanceof OffsetDateTime time) {
            return micros(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
        } else if (value instanceof LocalDateTime time) {
            return micros(time);
        } else if (value instanceof LocalTime time) {
            return time.toNanoOfDay() / 1000;
        }
        return (Long) value;
    }

    private static long micros(LocalDateTime time) {
        return ChronoUnit.MICROS.between(EPOCH, time);
    }

    private static void append(BytesVector values, Object value) {
        if (value instanceof BigDecimal decimal) {
            values.append(decimal.unscaledValue());
        } else if (value instanceof UUID uuid) {
            values.append(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array());
        } else if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            values.append(bytes);
        } else if (value instanceof byte[] bytes) {
            values.append(bytes);
        } else {
            values.append(value.toString());
        }
    }
}
