package io.tidemark.cli.command;

import io.tidemark.cli.output.ResultFormat.ResultWriter;
import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceLog;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The first rows of a slice file, as a result. */
final class SlicePreview {
    private static final List<String> EVENT_COLUMNS =
            List.of("_tidemark_op", "_tidemark_commit_time", "_tidemark_position", "_tidemark_transaction");

    private final int limit;
    private final ResultWriter writer;
    private int written;

    private SlicePreview(int limit, ResultWriter writer) {
        this.limit = limit;
        this.writer = writer;
    }

    /** Writes at most {@code limit} rows; the whole file is read, and so checked. */
    static void write(SliceLog log, SliceFile file, int limit, ResultWriter writer) {
        List<String> names = new ArrayList<>(EVENT_COLUMNS);
        List<String> types = new ArrayList<>(List.of("VARCHAR", "VARCHAR", "VARCHAR", "BIGINT"));
        for (Column column : file.schema().columns()) {
            names.add(column.name());
            types.add(resultType(column.type()));
        }
        names.add("_tidemark_unchanged");
        types.add("VARCHAR");
        writer.columns(names, types);
        SlicePreview preview = new SlicePreview(limit, writer);
        log.read(file, preview::add);
        writer.finish();
    }

    private void add(ChangeBatch batch) {
        for (int row = 0; row < batch.size() && written < limit; row++) {
            List<@Nullable Object> values = new ArrayList<>();
            values.add(batch.operation(row).name().toLowerCase(Locale.ROOT));
            values.add(Instant.EPOCH.plus(batch.commitMicros(row), ChronoUnit.MICROS));
            values.add(new Position(batch.position(row)).toString());
            values.add(batch.transaction(row));
            List<String> unchanged = new ArrayList<>();
            for (int i = 0; i < batch.columns().size(); i++) {
                ColumnVector column = batch.column(i);
                values.add(column.isPresent(row) ? value(column, row) : null);
                if (column.isUnchanged(row)) {
                    unchanged.add(batch.schema().columns().get(i).name());
                }
            }
            values.add(unchanged.isEmpty() ? null : String.join(", ", unchanged));
            writer.row(values);
            written++;
        }
    }

    private static String resultType(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, FLOAT32, FLOAT64 -> "DOUBLE";
            case DECIMAL -> "DECIMAL";
            default -> "VARCHAR";
        };
    }

    private static Object value(ColumnVector column, int row) {
        ColumnType type = column.type();
        return switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) column).value(row);
            case INT32 -> ((IntVector) column).value(row);
            case INT64 -> ((LongVector) column).value(row);
            case FLOAT32 -> ((FloatVector) column).value(row);
            case FLOAT64 -> ((DoubleVector) column).value(row);
            case DECIMAL -> new BigDecimal(unscaled(column, row), type.scale());
            case STRING -> ((BytesVector) column).text(row);
            case BYTES -> ((BytesVector) column).bytes(row);
            case UUID -> uuid(((BytesVector) column).bytes(row));
            case DATE -> LocalDate.ofEpochDay(((IntVector) column).value(row));
            case TIME -> LocalTime.MIDNIGHT.plus(((LongVector) column).value(row), ChronoUnit.MICROS);
            case TIMESTAMP ->
                Instant.EPOCH
                        .plus(((LongVector) column).value(row), ChronoUnit.MICROS)
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDateTime();
            case TIMESTAMP_TZ -> Instant.EPOCH.plus(((LongVector) column).value(row), ChronoUnit.MICROS);
            case LIST -> elements((ListVector) column, row);
            case STRUCT -> fields((StructVector) column, row);
            case MAP -> entries((ListVector) column, row);
        };
    }

    private static List<@Nullable Object> elements(ListVector list, int row) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = list.start(row); i < list.end(row); i++) {
            values.add(list.element().isPresent(i) ? value(list.element(), i) : null);
        }
        return values;
    }

    private static Map<String, @Nullable Object> entries(ListVector map, int row) {
        StructVector parts = (StructVector) map.element();
        ColumnVector values = parts.field(1);
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = map.start(row); i < map.end(row); i++) {
            entries.put(((BytesVector) parts.field(0)).text(i), values.isPresent(i) ? value(values, i) : null);
        }
        return entries;
    }

    private static Map<String, @Nullable Object> fields(StructVector struct, int row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < struct.fields().size(); i++) {
            ColumnVector field = struct.field(i);
            values.put(struct.type().fields().get(i).name(), field.isPresent(row) ? value(field, row) : null);
        }
        return values;
    }

    private static BigInteger unscaled(ColumnVector column, int row) {
        return column instanceof LongVector longs
                ? BigInteger.valueOf(longs.value(row))
                : new BigInteger(((BytesVector) column).bytes(row));
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
