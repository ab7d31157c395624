package io.tidemark.engine.simulation;

import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A database with small tables, its history, and what it keeps of its log for the pipeline. */
final class Database {
    private static final int KEYS = 8;

    private final World world;
    private final List<Table> tables = new ArrayList<>();
    private final NavigableMap<Long, Transaction> log = new TreeMap<>();
    private long newest = 100;
    private boolean hasSlot;
    private long slotFrom;
    private long confirmed;
    private @Nullable SimulatedStream stream;

    /** What a transaction did. */
    record Transaction(
            long position,
            long number,
            long commitMicros,
            List<Event> events,
            @Nullable String marker) {}

    /** One event; values are canonical texts. */
    record Event(TableId table, Operation operation, List<@Nullable String> values) {}

    /** A table and how its rows were after each transaction that changed it. */
    static final class Table {
        private final RowSchema schema;
        private final NavigableMap<Long, Rows> history = new TreeMap<>();

        private Table(RowSchema schema) {
            this.schema = schema;
            history.put(0L, Rows.of(schema));
        }

        RowSchema schema() {
            return schema;
        }

        Rows now() {
            return history.lastEntry().getValue();
        }

        Rows at(long position) {
            return history.floorEntry(position).getValue();
        }
    }

    Database(World world) {
        this.world = world;
        Column id = new Column("id", ColumnType.INT64, false, "bigint", 1);
        Column value = new Column("value", ColumnType.INT64, true, "bigint", 2);
        Column text = new Column("text", ColumnType.STRING, true, "text", 3);
        List<Column> columns = List.of(id, value, text);
        tables.add(new Table(
                new RowSchema(new TableId("public", "accounts"), columns, List.of("id"), BeforeImage.KEY, "1")));
        tables.add(new Table(new RowSchema(new TableId("public", "bag"), columns, List.of(), BeforeImage.FULL, "2")));
        tables.add(new Table(
                new RowSchema(new TableId("public", "orders"), columns, List.of("id"), BeforeImage.KEY, "3")));
    }

    List<Table> tables() {
        return tables;
    }

    Table table(TableId id) {
        return tables.stream()
                .filter(table -> table.schema.table().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Position of the newest transaction. */
    long newest() {
        return newest;
    }

    NavigableMap<Long, Transaction> log() {
        return log;
    }

    /** Whether a stream can be had. */
    boolean hasSlot() {
        return hasSlot;
    }

    void makeSlot() {
        if (!hasSlot) {
            hasSlot = true;
            slotFrom = newest;
            confirmed = newest;
        }
    }

    /** Events from before are of no concern to the stream. */
    long slotFrom() {
        return slotFrom;
    }

    long confirmed() {
        return confirmed;
    }

    void confirm(long position) {
        confirmed = Math.max(confirmed, position);
    }

    Optional<SimulatedStream> stream() {
        return Optional.ofNullable(stream);
    }

    void setStream(@Nullable SimulatedStream opened) {
        stream = opened;
    }

    /** A cutoff right after the newest transaction: what comes next may have exactly this position. */
    Position cutoff() {
        return new Position(newest + 1);
    }

    Position mark(String content) {
        return commit(List.of(), content, Map.of());
    }

    /** One transaction of random changes. */
    void write() {
        Random random = world.random();
        Map<Table, Rows> changed = new TreeMap<>((a, b) -> a.schema.table().compareTo(b.schema.table()));
        List<Event> events = new ArrayList<>();
        int changes = 1 + random.nextInt(5);
        for (int i = 0; i < changes; i++) {
            Table table = tables.get(random.nextInt(tables.size()));
            Rows rows = changed.getOrDefault(table, table.now());
            List<Event> made = new ArrayList<>();
            if (table.schema.hasKey()) {
                changeKeyed(table, rows, made);
            } else {
                changeBag(table, rows, made);
            }
            for (Event event : made) {
                rows = rows.with(event.operation(), event.values());
            }
            changed.put(table, rows);
            events.addAll(made);
        }
        commit(events, null, changed);
        world.trace("transaction at " + newest + " with " + events.size() + " events");
    }

    private Position commit(List<Event> events, @Nullable String marker, Map<Table, Rows> changed) {
        newest += 1 + world.random().nextInt(3);
        long micros = 1_700_000_000_000_000L + world.scheduler().now() / 1_000;
        log.put(newest, new Transaction(newest, log.size() + 1L, micros, List.copyOf(events), marker));
        changed.forEach((table, rows) -> table.history.put(newest, rows));
        return new Position(newest);
    }

    private void changeKeyed(Table table, Rows rows, List<Event> made) {
        Random random = world.random();
        String id = Integer.toString(random.nextInt(KEYS));
        List<@Nullable String> old = rows.find(id);
        int dice = random.nextInt(40);
        TableId name = table.schema.table();
        if (dice == 0) {
            made.add(new Event(name, Operation.TRUNCATE, List.of()));
        } else if (old == null) {
            made.add(new Event(name, Operation.INSERT, row(id)));
        } else if (dice < 22) {
            made.add(new Event(name, Operation.UPDATE, updated(id, old)));
        } else if (dice < 30) {
            String other = Integer.toString(random.nextInt(KEYS));
            if (rows.find(other) == null) {
                made.add(new Event(name, Operation.BEFORE, Events.row(id, null, null)));
                made.add(new Event(name, Operation.UPDATE, updated(other, old)));
            }
        } else {
            made.add(new Event(name, Operation.DELETE, Events.row(id, null, null)));
        }
    }

    private void changeBag(Table table, Rows rows, List<Event> made) {
        Random random = world.random();
        TableId name = table.schema.table();
        List<List<@Nullable String>> all = rows.all();
        if (all.size() < 3 || random.nextInt(3) == 0) {
            made.add(new Event(name, Operation.INSERT, row(Integer.toString(random.nextInt(2)))));
            return;
        }
        List<@Nullable String> old = all.get(random.nextInt(all.size()));
        if (random.nextBoolean() && all.size() < 10) {
            made.add(new Event(name, Operation.BEFORE, old));
            made.add(new Event(name, Operation.UPDATE, row(old.get(0))));
        } else {
            made.add(new Event(name, Operation.DELETE, old));
        }
    }

    private List<@Nullable String> row(@Nullable String id) {
        Random random = world.random();
        return Events.row(
                id,
                random.nextInt(6) == 0 ? null : Integer.toString(random.nextInt(3)),
                random.nextInt(6) == 0 ? null : "t" + random.nextInt(1_000));
    }

    /** Sometimes without the text, which it then leaves as it was. */
    private List<@Nullable String> updated(@Nullable String id, List<@Nullable String> old) {
        List<@Nullable String> row = row(id);
        if (world.random().nextInt(3) == 0 && old.get(2) != null) {
            row.set(2, Events.UNCHANGED);
        }
        return row;
    }
}
