package io.tidemark.lake.hudi.row;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.verify.CanonicalText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Values between columns and Avro's objects. */
public final class AvroRows {
    private static final int WIDE_DECIMAL_BYTES = 16;

    private AvroRows() {}

    /** The value; null when it is null or unchanged. */
    public static @Nullable Object value(ColumnVector vector, int row, Schema nullable) {
        if (!vector.isPresent(row)) {
            return null;
        }
        Schema schema = present(nullable);
        return switch (vector.type().kind()) {
            case BOOLEAN -> ((BooleanVector) vector).value(row);
            case INT32, DATE -> ((IntVector) vector).value(row);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> ((LongVector) vector).value(row);
            case FLOAT32 -> ((FloatVector) vector).value(row);
            case FLOAT64 -> ((DoubleVector) vector).value(row);
            case DECIMAL -> decimal(vector, row, schema);
            case STRING -> new Utf8(((BytesVector) vector).bytes(row));
            case UUID -> new Utf8(CanonicalText.text(vector, row));
            case BYTES -> ByteBuffer.wrap(((BytesVector) vector).bytes(row));
            case LIST -> list((ListVector) vector, row, schema);
            case STRUCT -> struct((StructVector) vector, row, schema);
            case MAP -> map((ListVector) vector, row, schema);
        };
    }

    /** Appends a value as {@link #value} gives it, or as Hudi's readers do. */
    public static void append(ColumnVector vector, @Nullable Object value) {
        if (value == null) {
            vector.appendNull();
            return;
        }
        switch (vector.type().kind()) {
            case BOOLEAN -> ((BooleanVector) vector).append((Boolean) value);
            case INT32, DATE -> ((IntVector) vector).append((Integer) value);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> ((LongVector) vector).append((Long) value);
            case FLOAT32 -> ((FloatVector) vector).append((Float) value);
            case FLOAT64 -> ((DoubleVector) vector).append((Double) value);
            case DECIMAL -> appendDecimal(vector, value);
            case STRING -> ((BytesVector) vector).append(utf8(value));
            case UUID -> appendUuid((BytesVector) vector, value.toString());
            case BYTES -> ((BytesVector) vector).append(bytes((ByteBuffer) value));
            case LIST -> {
                ListVector list = (ListVector) vector;
                list.begin();
                for (Object item : (List<?>) value) {
                    append(list.element(), item);
                }
            }
            case STRUCT -> {
                StructVector struct = (StructVector) vector;
                struct.begin();
                for (int i = 0; i < struct.fields().size(); i++) {
                    append(struct.field(i), ((IndexedRecord) value).get(i));
                }
            }
            case MAP -> ((ListVector) vector).appendMap((Map<?, ?>) value, AvroRows::append);
        }
    }

    /** The schema of a nullable value when it is there. */
    static Schema present(Schema nullable) {
        return nullable.getType() == Schema.Type.UNION ? nullable.getTypes().get(1) : nullable;
    }

    private static GenericFixed decimal(ColumnVector vector, int row, Schema schema) {
        byte[] least = vector instanceof LongVector values
                ? BigInteger.valueOf(values.value(row)).toByteArray()
                : new BigInteger(((BytesVector) vector).bytes(row)).toByteArray();
        return new GenericData.Fixed(schema, widened(least, schema.getFixedSize()));
    }

    private static void appendDecimal(ColumnVector vector, Object value) {
        BigInteger unscaled;
        if (value instanceof GenericFixed fixed) {
            unscaled = new BigInteger(fixed.bytes());
        } else if (value instanceof ByteBuffer buffer) {
            unscaled = new BigInteger(bytes(buffer));
        } else {
            unscaled = ((BigDecimal) value).setScale(vector.type().scale()).unscaledValue();
        }
        if (vector instanceof LongVector values) {
            values.append(unscaled.longValueExact());
        } else {
            ((BytesVector) vector).append(widened(unscaled.toByteArray(), WIDE_DECIMAL_BYTES));
        }
    }

    private static byte[] widened(byte[] least, int size) {
        byte[] wide = new byte[size];
        Arrays.fill(wide, (byte) (least[0] < 0 ? -1 : 0));
        System.arraycopy(least, 0, wide, size - least.length, least.length);
        return wide;
    }

    private static List<@Nullable Object> list(ListVector vector, int row, Schema schema) {
        List<@Nullable Object> items = new ArrayList<>(vector.length(row));
        for (int i = vector.start(row); i < vector.end(row); i++) {
            items.add(value(vector.element(), i, schema.getElementType()));
        }
        return items;
    }

    private static Map<Utf8, @Nullable Object> map(ListVector vector, int row, Schema schema) {
        StructVector entries = (StructVector) vector.element();
        Map<Utf8, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = vector.start(row); i < vector.end(row); i++) {
            map.put(
                    new Utf8(((BytesVector) entries.field(0)).bytes(i)),
                    value(entries.field(1), i, schema.getValueType()));
        }
        return map;
    }

    private static IndexedRecord struct(StructVector vector, int row, Schema schema) {
        GenericData.Record struct = new GenericData.Record(schema);
        for (int i = 0; i < vector.fields().size(); i++) {
            struct.put(i, value(vector.field(i), row, schema.getFields().get(i).schema()));
        }
        return struct;
    }

    private static void appendUuid(BytesVector vector, String text) {
        UUID uuid = UUID.fromString(text);
        vector.append(ByteBuffer.allocate(Long.BYTES * 2)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array());
    }

    private static byte[] utf8(Object text) {
        if (text instanceof Utf8 utf8) {
            return Arrays.copyOf(utf8.getBytes(), utf8.getByteLength());
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
