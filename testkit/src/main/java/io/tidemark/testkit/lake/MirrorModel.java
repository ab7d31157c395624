package io.tidemark.testkit.lake;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A source table in memory that changes at random and says its changes as events; and what a mirror of it must then hold. Values are canonical
 * texts ({@link io.tidemark.spi.verify.TableReading}).
 */
public final class MirrorModel {
    /** The table's name. */
    public static final TableId TABLE = new TableId("Süd \"1\".x", "Ordres d'achat €");

    private static final List<Column> COLUMNS = List.of(
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
            new Column("lines", ColumnType.parse("list<struct<\"n.\":int32,\"t\\\"\":string>>"), true, "public.line[]"),
            new Column("tags", ColumnType.map(ColumnType.INT64), true, "M"));

    private static final int KEY_COLUMNS = 2;
    /** In the order of their bytes in UTF-8, which is not that of Java's strings. */
    private static final List<String> ABC_KEYS = List.of("", "a'\"", "\uFFFD", "😀");

    private static final int[] ABC = "aÄ€😀\u0000'\" ".codePoints().toArray();

    private final Random random;
    private final RowSchema schema;
    private final boolean isKeyed;
    private final boolean isSoft;
    private final boolean isFull;
    private final int latestBy;

    /** Live rows; keyed by the two key columns, or by a number for a table without a key. */
    private final Map<List<@Nullable String>, @Nullable String[]> live = new LinkedHashMap<>();

    /** Soft-deleted rows, each with the time of the delete after its columns. */
    private final List<@Nullable String[]> softDeleted = new ArrayList<>();

    private long position = 100;
    private long rowNumber;

    public MirrorModel(Random random, LakeTableSpec spec) {
        this.random = random;
        this.schema = spec.schema();
        this.isKeyed = schema.hasKey();
        this.isSoft = spec.deletes() == DeleteMode.SOFT;
        this.isFull = schema.beforeImage() == BeforeImage.FULL;
        this.latestBy = spec.latestBy() == null ? -1 : schema.indexOf(spec.latestBy());
    }

    /** How a mirror of the table is made: with those of its columns whose types the lake holds. */
    public static LakeTableSpec spec(
            Predicate<ColumnType> held,
            List<String> key,
            BeforeImage image,
            DeleteMode deletes,
            List<String> partitions,
            @Nullable String latestBy) {
        List<Column> columns =
                COLUMNS.stream().filter(column -> held.test(column.type())).toList();
        return new LakeTableSpec(new RowSchema(TABLE, columns, key, image), partitions, deletes, latestBy);
    }

    /** Names of the key columns. */
    public static List<String> key() {
        return List.of(COLUMNS.get(0).name(), COLUMNS.get(1).name());
    }

    /** Ends the transaction: later changes have later positions. Returns the position of the newest one. */
    public long endTransaction() {
        return position++;
    }

    /** Rows as of now, as a snapshot reads them: what was deleted before is not known to it. */
    public List<ChangeBatch> snapshot(int chunks) {
        List<Events> batches = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            batches.add(new Events(schema, position));
        }
        softDeleted.clear();
        live.values().forEach(row -> batches.get(random.nextInt(chunks)).insert(row));
        return batches.stream().map(Events::batch).toList();
    }

    /** Changes the table at random so many times, as events in batches of random sizes. */
    public List<ChangeBatch> change(int changes) {
        List<ChangeBatch> batches = new ArrayList<>();
        Events events = new Events(schema, position);
        for (int i = 0; i < changes; i++) {
            if (random.nextInt(3) == 0) {
                position++;
                events.at(position);
            }
            changeOnce(events);
            events = split(events, batches);
        }
        batches.add(events.batch());
        return batches;
    }

    /** Rows that the mirror must hold, living ones, in any order. */
    public List<List<@Nullable String>> living() {
        List<List<@Nullable String>> rows = new ArrayList<>();
        live.values().forEach(row -> rows.add(Events.row(row)));
        return rows;
    }

    /** Rows that the mirror's files must hold, in any order; with soft deletes each ends with the time of its delete. */
    public List<List<@Nullable String>> stored() {
        List<List<@Nullable String>> rows = living();
        if (isSoft) {
            rows.forEach(row -> row.add(null));
            softDeleted.forEach(row -> rows.add(Events.row(row)));
        }
        return rows;
    }

    private Events split(Events events, List<ChangeBatch> batches) {
        ChangeBatch batch = events.batch();
        if (random.nextInt(6) != 0 || batch.isEmpty()) {
            return events;
        }
        // Sometimes between a BEFORE and its UPDATE.
        int cut = Math.max(1, batch.size() - random.nextInt(2));
        ChangeBatch head = new ChangeBatch(schema, 16);
        Events tail = new Events(schema, position);
        for (int row = 0; row < batch.size(); row++) {
            (row < cut ? head : tail.batch()).appendFrom(batch, row);
        }
        batches.add(head);
        return tail;
    }

    private void changeOnce(Events events) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            events.truncate();
            live.clear();
            softDeleted.clear();
        } else if (dice < 80 || live.isEmpty()) {
            insert(events);
        } else if (dice < 140) {
            update(events, false);
        } else if (dice < 160 && isKeyed && latestBy < 0) {
            update(events, true);
        } else {
            delete(events);
        }
    }

    private void insert(Events events) {
        @Nullable String[] row = randomRow();
        List<@Nullable String> where = isKeyed ? key(row) : List.of(Long.toString(rowNumber++));
        if (!live.containsKey(where)) {
            forgetDeleted(where);
            live.put(where, row);
            events.insert(row);
        }
    }

    private void update(Events events, boolean isKeyChange) {
        List<@Nullable String> where = anyKey();
        @Nullable String[] old = Objects.requireNonNull(live.get(where));
        @Nullable String[] row = old.clone();
        for (int column = KEY_COLUMNS; column < row.length; column++) {
            if (random.nextInt(4) == 0) {
                row[column] = randomValue(column);
            }
        }
        if (isKeyChange) {
            row[0] = randomValue(0);
            row[1] = randomValue(1);
            if (live.containsKey(key(row))) {
                return;
            }
        }
        if (isFull || isKeyChange) {
            events.before(isFull ? old : keyOnly(old));
        }
        events.update(latestBy < 0 ? withoutUnchanged(row, old) : row);
        if (isOutdone(row, old)) {
            return;
        }
        if (isKeyChange) {
            live.remove(where);
            forgetDeleted(key(row));
            rememberDeleted(old);
            live.put(key(row), row);
        } else {
            live.put(where, row);
        }
    }

    /** Whether the mirror keeps the old row, because it is the later one by its column. */
    private boolean isOutdone(@Nullable String[] row, @Nullable String[] old) {
        if (latestBy < 0 || old[latestBy] == null) {
            return false;
        }
        return row[latestBy] == null || Long.parseLong(row[latestBy]) < Long.parseLong(old[latestBy]);
    }

    private void delete(Events events) {
        @Nullable String[] old = Objects.requireNonNull(live.remove(anyKey()));
        events.delete(isFull ? old : keyOnly(old));
        rememberDeleted(old);
    }

    private void rememberDeleted(@Nullable String[] row) {
        if (isSoft) {
            @Nullable String[] deleted = Arrays.copyOf(row, row.length + 1);
            deleted[row.length] = Long.toString(Events.commitMicros(position));
            softDeleted.add(deleted);
        }
    }

    /** A key that lives again has no deleted row. */
    private void forgetDeleted(List<@Nullable String> key) {
        if (isKeyed) {
            softDeleted.removeIf(row -> key(row).equals(key));
        }
    }

    private List<@Nullable String> anyKey() {
        List<List<@Nullable String>> keys = new ArrayList<>(live.keySet());
        return keys.get(random.nextInt(keys.size()));
    }

    private static List<@Nullable String> key(@Nullable String[] row) {
        return Events.row(keyOnly(row));
    }

    private static @Nullable String[] keyOnly(@Nullable String[] row) {
        return Arrays.copyOf(row, KEY_COLUMNS);
    }

    /** Sources leave out large values that an update did not touch: some of the time, of columns whose values can be large. */
    private @Nullable String[] withoutUnchanged(@Nullable String[] row, @Nullable String[] old) {
        @Nullable String[] sent = row.clone();
        for (int column = KEY_COLUMNS; column < row.length; column++) {
            ColumnType type = schema.columns().get(column).type();
            boolean isLarge = type.equals(ColumnType.STRING) || type.equals(ColumnType.BYTES) || type.isNested();
            if (isLarge && Objects.equals(row[column], old[column]) && random.nextBoolean()) {
                sent[column] = Events.UNCHANGED;
            }
        }
        return sent;
    }

    private @Nullable String[] randomRow() {
        @Nullable String[] row = new String[schema.columns().size()];
        for (int column = 0; column < row.length; column++) {
            row[column] = randomValue(column);
        }
        return row;
    }

    private @Nullable String randomValue(int column) {
        if (column >= KEY_COLUMNS && random.nextInt(8) == 0) {
            return null;
        }
        ColumnType type = schema.columns().get(column).type();
        return switch (type.kind()) {
            case BOOLEAN -> random.nextBoolean() ? "t" : "f";
            case INT32, TIME -> Integer.toString(random.nextInt(3));
            case INT64 -> Integer.toString(random.nextInt(isKeyed ? 30 : 3) - 10);
            case FLOAT32 -> random.nextInt(3) == 0 ? "7fc00000" : "3f800000";
            case FLOAT64 -> random.nextInt(3) == 0 ? "7ff8000000000000" : "3ff000000000000" + random.nextInt(3);
            case DECIMAL -> randomDecimal(type);
            case STRING -> column == 1 ? randomCode() : randomText(isKeyed ? 30 : 1);
            case BYTES -> HexFormat.of().formatHex(randomText(5).getBytes(StandardCharsets.UTF_8));
            case UUID -> new UUID(random.nextInt(3), -1L).toString();
            case DATE -> Integer.toString(random.nextInt(3) - 1);
            case TIMESTAMP, TIMESTAMP_TZ -> Long.toString(1_700_000_000_000_000L + random.nextInt(5) * 86_400_000_000L);
            case MAP -> randomTags();
            case LIST, STRUCT -> randomLines();
        };
    }

    private String randomCode() {
        return random.nextInt(4) == 0 ? "" : randomText(isKeyed ? 2 : 1);
    }

    private String randomDecimal(ColumnType type) {
        BigInteger unscaled =
                type.isWideDecimal() ? new BigInteger(90, random).negate() : BigInteger.valueOf(random.nextInt(7) - 3);
        return new BigDecimal(unscaled, type.scale()).toPlainString();
    }

    /** Entries in the order of their keys. */
    private String randomTags() {
        @Nullable
        String[] entries = IntStream.range(0, 4)
                .filter(key -> random.nextBoolean())
                .mapToObj(key -> TypeSamples.nested(
                        ABC_KEYS.get(key), random.nextInt(4) == 0 ? null : Integer.toString(random.nextInt(3))))
                .toArray(String[]::new);
        return TypeSamples.nested(entries);
    }

    private String randomLines() {
        @Nullable String[] lines = new String[random.nextInt(isKeyed ? 4 : 2)];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = random.nextInt(4) == 0
                    ? null
                    : TypeSamples.nested(
                            random.nextBoolean() ? Integer.toString(random.nextInt(3)) : null,
                            random.nextInt(4) == 0 ? null : randomText(isKeyed ? 3 : 1));
        }
        return TypeSamples.nested(lines);
    }

    private String randomText(int lengthMax) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(lengthMax + 1); i > 0; i--) {
            text.appendCodePoint(ABC[random.nextInt(ABC.length)]);
        }
        return text.toString();
    }
}
