package io.tidemark.lake.iceberg;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.data.Record;

/**
 * A source table as plain Java objects, that changes at random and says its changes as events; and what a mirror of it must then hold. Values are
 * those of Iceberg's generic reader, bytes as hexadecimal text.
 */
final class MirrorModel {
    static final TableId TABLE = new TableId("Süd \"1\".x", "Ordres d'achat €");
    static final List<Column> COLUMNS = List.of(
            new Column("id", ColumnType.INT64, false, "bigint"),
            new Column("co\"de.", ColumnType.STRING, false, "text"),
            new Column("at", ColumnType.TIMESTAMP_TZ, true, "timestamptz"),
            new Column("amount", ColumnType.decimal(12, 2), true, "numeric(12,2)"),
            new Column("wide", ColumnType.decimal(30, 5), true, "numeric(30,5)"),
            new Column("note", ColumnType.STRING, true, "text"),
            new Column("payload", ColumnType.BYTES, true, "bytea"),
            new Column("flag", ColumnType.BOOLEAN, true, "boolean"),
            new Column("ratio", ColumnType.FLOAT64, true, "double precision"),
            new Column("uid", ColumnType.UUID, true, "uuid"),
            new Column("day", ColumnType.DATE, true, "date"),
            new Column(
                    "lines", ColumnType.parse("list<struct<\"n.\":int32,\"t\\\"\":string>>"), true, "public.line[]"));

    private static final int NOTE = 5;
    private static final int PAYLOAD = 6;
    private static final int LINES = 11;
    private static final String ABC = "aÄ€😀\u0000'\" ";

    private final Random random;
    private final RowSchema schema;
    private final boolean isKeyed;
    private final boolean isSoft;
    private final boolean isFull;
    private final boolean hasUnchanged;

    /** Live rows; keyed by key, or by a number for a table without one. */
    private final Map<Object, Object[]> live = new LinkedHashMap<>();

    /** Soft-deleted rows with the time of the delete. */
    private final List<Map.Entry<Object[], Object>> softDeleted = new ArrayList<>();

    private long position = 100;
    private long rowNumber;

    MirrorModel(Random random, LakeTableSpec spec, boolean hasUnchanged) {
        this.random = random;
        this.schema = spec.schema();
        this.isKeyed = schema.hasKey();
        this.isSoft = spec.deletes() == DeleteMode.SOFT;
        this.isFull = schema.beforeImage() == BeforeImage.FULL;
        this.hasUnchanged = hasUnchanged;
    }

    static LakeTableSpec spec(boolean isKeyed, BeforeImage image, DeleteMode deletes, String... partitions) {
        List<String> key = isKeyed ? List.of("id", "co\"de.") : List.of();
        return new LakeTableSpec(new RowSchema(TABLE, COLUMNS, key, image), List.of(partitions), deletes);
    }

    long position() {
        return position;
    }

    /** Ends the transaction: later changes have later positions. Returns the position of the newest one. */
    long endTransaction() {
        return position++;
    }

    int size() {
        return live.size();
    }

    /** Rows as of now, as a snapshot reads them. */
    List<ChangeBatch> snapshot(int chunks) {
        List<ChangeBatch> batches = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            batches.add(new ChangeBatch(schema, 16));
        }
        // A load starts from what the source has.
        softDeleted.clear();
        for (Object[] row : live.values()) {
            append(batches.get(random.nextInt(chunks)), Operation.INSERT, row, null);
        }
        return batches;
    }

    /** Changes the table at random so many times, as events in batches of random sizes. */
    List<ChangeBatch> change(int changes) {
        List<ChangeBatch> batches = new ArrayList<>();
        ChangeBatch events = new ChangeBatch(schema, 16);
        for (int i = 0; i < changes; i++) {
            if (random.nextInt(3) == 0) {
                position++;
            }
            changeOnce(events);
            events = split(events, batches);
        }
        batches.add(events);
        return batches;
    }

    /** What the mirror must hold: rows as text, in any order. */
    List<String> expected() {
        List<String> rows = new ArrayList<>();
        live.values().forEach(row -> rows.add(text(row, null)));
        softDeleted.forEach(entry -> rows.add(text(entry.getKey(), entry.getValue())));
        rows.sort(null);
        return rows;
    }

    /** What the mirror holds. */
    List<String> actual(List<Record> records) {
        List<String> rows = new ArrayList<>();
        for (Record record : records) {
            Object[] row = new Object[COLUMNS.size()];
            for (int i = 0; i < row.length; i++) {
                Object value = record.getField(COLUMNS.get(i).name());
                row[i] = value instanceof ByteBuffer bytes ? hex(bytes) : i == LINES ? lines((List<?>) value) : value;
            }
            rows.add(text(row, isSoft ? record.getField(LakeTableSpec.DELETED_AT) : null));
        }
        rows.sort(null);
        return rows;
    }

    private ChangeBatch split(ChangeBatch events, List<ChangeBatch> batches) {
        if (random.nextInt(6) != 0 || events.isEmpty()) {
            return events;
        }
        // Sometimes between a BEFORE and its UPDATE.
        int cut = Math.max(1, events.size() - random.nextInt(2));
        ChangeBatch head = new ChangeBatch(schema, 16);
        ChangeBatch tail = new ChangeBatch(schema, 16);
        for (int row = 0; row < events.size(); row++) {
            (row < cut ? head : tail).appendFrom(events, row);
        }
        batches.add(head);
        return tail;
    }

    private void changeOnce(ChangeBatch events) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            events.beginRow(Operation.TRUNCATE, position, 0, 1, micros());
            events.padRow();
            live.clear();
            softDeleted.clear();
        } else if (dice < 80 || live.isEmpty()) {
            insert(events);
        } else if (dice < 140) {
            update(events, false);
        } else if (dice < 160 && isKeyed) {
            update(events, true);
        } else {
            delete(events);
        }
    }

    private void insert(ChangeBatch events) {
        Object[] row = randomRow();
        if (isKeyed && live.containsKey(key(row))) {
            return;
        }
        if (isKeyed) {
            softDeleted.removeIf(entry -> key(entry.getKey()).equals(key(row)));
        }
        live.put(isKeyed ? key(row) : (Object) rowNumber++, row);
        append(events, Operation.INSERT, row, null);
    }

    private void update(ChangeBatch events, boolean isKeyChange) {
        Object where = anyKey();
        Object[] old = live.get(where);
        Object[] row = old.clone();
        for (int column = 2; column < row.length; column++) {
            if (random.nextInt(4) == 0) {
                row[column] = randomValue(column);
            }
        }
        if (isKeyChange) {
            Object[] other = randomRow();
            row[0] = other[0];
            row[1] = other[1];
            if (live.containsKey(key(row))) {
                return;
            }
        }
        if (isFull || isKeyChange) {
            append(events, Operation.BEFORE, old, null);
        }
        boolean[] unchanged = new boolean[row.length];
        unchanged[NOTE] = hasUnchanged && java.util.Objects.equals(row[NOTE], old[NOTE]) && random.nextBoolean();
        unchanged[PAYLOAD] =
                hasUnchanged && java.util.Objects.equals(row[PAYLOAD], old[PAYLOAD]) && random.nextBoolean();
        unchanged[LINES] = hasUnchanged && java.util.Objects.equals(row[LINES], old[LINES]) && random.nextBoolean();
        append(events, Operation.UPDATE, row, unchanged);
        if (isKeyChange) {
            live.remove(where);
            softDeleted.removeIf(entry -> key(entry.getKey()).equals(key(row)));
            if (isSoft) {
                softDeleted.add(Map.entry(old, time(micros())));
            }
            live.put(key(row), row);
        } else {
            live.put(where, row);
        }
    }

    private void delete(ChangeBatch events) {
        Object where = anyKey();
        Object[] old = live.remove(where);
        append(events, Operation.DELETE, old, null);
        if (isSoft) {
            softDeleted.add(Map.entry(old, time(micros())));
        }
    }

    private Object anyKey() {
        List<Object> keys = new ArrayList<>(live.keySet());
        return keys.get(random.nextInt(keys.size()));
    }

    private static Object key(Object[] row) {
        return List.of(row[0], row[1]);
    }

    private long micros() {
        return 1_700_000_000_000_000L + position;
    }

    private Object[] randomRow() {
        Object[] row = new Object[COLUMNS.size()];
        for (int column = 0; column < row.length; column++) {
            row[column] = randomValue(column);
        }
        return row;
    }

    private Object randomValue(int column) {
        if (column >= 2 && random.nextInt(8) == 0) {
            return null;
        }
        return switch (column) {
            case 0 -> (long) random.nextInt(isKeyed ? 30 : 3) - 10;
            case 1 -> random.nextInt(4) == 0 ? "" : randomText(isKeyed ? 2 : 1);
            case 2 -> time(1_700_000_000_000_000L + random.nextInt(5) * 86_400_000_000L);
            case 3 -> new java.math.BigDecimal(java.math.BigInteger.valueOf(random.nextInt(7) - 3), 2);
            case 4 -> new java.math.BigDecimal(new java.math.BigInteger(90, random).negate(), 5);
            case NOTE -> isKeyed ? randomText(30) : randomText(1);
            case PAYLOAD -> HexFormat.of().formatHex(randomText(5).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case 7 -> random.nextBoolean();
            case 8 -> random.nextInt(3) == 0 ? Double.NaN : (double) random.nextInt(3);
            case 9 -> new UUID(random.nextInt(3), -1L);
            case 10 -> LocalDate.ofEpochDay(random.nextInt(3) - 1);
            default -> randomLines();
        };
    }

    /** Structs as lists of their values. */
    private List<Object> randomLines() {
        List<Object> lines = new ArrayList<>();
        for (int i = random.nextInt(isKeyed ? 4 : 2); i > 0; i--) {
            lines.add(
                    random.nextInt(4) == 0
                            ? null
                            : Arrays.asList(
                                    random.nextBoolean() ? random.nextInt(3) : null,
                                    random.nextInt(4) == 0 ? null : randomText(isKeyed ? 3 : 1)));
        }
        return lines;
    }

    private static List<Object> lines(List<?> value) {
        if (value == null) {
            return null;
        }
        List<Object> lines = new ArrayList<>();
        for (Object line : value) {
            lines.add(line == null ? null : Arrays.asList(((Record) line).get(0), ((Record) line).get(1)));
        }
        return lines;
    }

    private String randomText(int lengthMax) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(lengthMax + 1); i > 0; i--) {
            int at = random.nextInt(ABC.codePointCount(0, ABC.length()));
            text.appendCodePoint(ABC.codePointAt(ABC.offsetByCodePoints(0, at)));
        }
        return text.toString();
    }

    private static OffsetDateTime time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    private void append(ChangeBatch events, Operation operation, Object[] row, boolean[] unchanged) {
        events.beginRow(operation, position, 0, 1, micros());
        boolean isKeyOnly = !isFull && (operation == Operation.BEFORE || operation == Operation.DELETE);
        for (int i = 0; i < row.length; i++) {
            ColumnVector vector = events.column(i);
            if (unchanged != null && unchanged[i]) {
                vector.appendUnchanged();
            } else if (row[i] == null || (isKeyOnly && i > 1)) {
                vector.appendNull();
            } else {
                append(vector, row[i]);
            }
        }
    }

    private static void append(ColumnVector vector, Object value) {
        if (vector instanceof LongVector longs) {
            longs.append(
                    value instanceof OffsetDateTime at
                            ? ChronoUnit.MICROS.between(Instant.EPOCH, at.toInstant())
                            : value instanceof java.math.BigDecimal decimal
                                    ? decimal.unscaledValue().longValueExact()
                                    : (Long) value);
        } else if (vector instanceof ListVector list) {
            list.begin();
            ((List<?>) value).forEach(element -> appendInside(list.element(), element));
        } else if (vector instanceof StructVector struct) {
            struct.begin();
            for (int i = 0; i < 2; i++) {
                appendInside(struct.field(i), ((List<?>) value).get(i));
            }
        } else if (vector instanceof IntVector ints) {
            ints.append(value instanceof Integer number ? number : (int) ((LocalDate) value).toEpochDay());
        } else if (vector instanceof BooleanVector booleans) {
            booleans.append((Boolean) value);
        } else if (vector instanceof DoubleVector doubles) {
            doubles.append((Double) value);
        } else if (vector instanceof BytesVector bytes) {
            switch (bytes.type().kind()) {
                case STRING -> bytes.append((String) value);
                case BYTES -> bytes.append(HexFormat.of().parseHex((String) value));
                case UUID ->
                    bytes.append(ByteBuffer.allocate(16)
                            .putLong(((UUID) value).getMostSignificantBits())
                            .putLong(((UUID) value).getLeastSignificantBits())
                            .array());
                default -> bytes.append(wide(((java.math.BigDecimal) value).unscaledValue()));
            }
        }
    }

    private static void appendInside(ColumnVector vector, Object value) {
        if (value == null) {
            vector.appendNull();
        } else {
            append(vector, value);
        }
    }

    private static byte[] wide(java.math.BigInteger unscaled) {
        byte[] wide = new byte[16];
        Arrays.fill(wide, (byte) (unscaled.signum() < 0 ? -1 : 0));
        byte[] bytes = unscaled.toByteArray();
        System.arraycopy(bytes, 0, wide, 16 - bytes.length, bytes.length);
        return wide;
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String text(Object[] row, Object deletedAt) {
        return Arrays.toString(row) + " deleted=" + deletedAt;
    }
}
