package io.tidemark.engine.table;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of a pipeline and their states. Every change is one compare-and-set along the life cycle. */
public final class TableRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(TableRegistry.class);

    private final Documents<TableRecord> records;
    private final Documents<LostChanges> losses;
    private final Clock clock;
    private final Consumer<Registration> copies;

    /**
     * That a table lacks changes which the source no longer has.
     *
     * @param at they are from before
     */
    private record LostChanges(Instant at) {}

    public TableRegistry(MetadataStore store, Clock clock) {
        this(store, clock, copy -> {});
    }

    /** @param copies is told of every table that was added or changed */
    public TableRegistry(MetadataStore store, Clock clock, Consumer<Registration> copies) {
        this.copies = copies;
        this.records = new Documents<>(store, TableRecord.class);
        this.losses = new Documents<>(store, LostChanges.class);
        this.clock = clock;
    }

    /** All tables, ordered by name. */
    public List<TableRecord> list() {
        return records.list(Keys.TABLES);
    }

    public Optional<TableRecord> find(TableId table) {
        return records.find(Keys.of(Keys.TABLES, table));
    }

    /**
     * The table's record.
     *
     * @throws TidemarkException {@code UNKNOWN_TABLE} when the pipeline has no such table
     */
    public TableRecord load(TableId table) {
        return find(table)
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.UNKNOWN_TABLE, "Cannot find table " + table + ": this pipeline does not have it"));
    }

    /** Adds a table that is not there yet; one that is there stays as it is. */
    public void add(TableRecord record) {
        records.update(Keys.of(Keys.TABLES, record.id()), before -> {
            if (before.isPresent()) {
                return Optional.empty();
            }
            LOG.info(
                    "table added table={} state={}", record.id(), record.state().label());
            return Optional.of(record);
        });
        copy(load(record.id()));
    }

    /** Changes a record; the change gets the record and the time. */
    public TableRecord update(TableId table, BiFunction<TableRecord, Instant, TableRecord> change) {
        TableRecord[] before = new TableRecord[1];
        TableRecord after = records.update(Keys.of(Keys.TABLES, table), found -> {
                    before[0] = found.orElse(null);
                    return found.map(record -> change.apply(record, clock.instant()));
                })
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.UNKNOWN_TABLE, "Cannot change table " + table + ": this pipeline does not have it"));
        if (before[0].state() != after.state()) {
            LOG.info(
                    "table state changed table={} from={} to={}",
                    table,
                    before[0].state().label(),
                    after.state().label());
        }
        if (!before[0].equals(after)) {
            copy(after);
        }
        return after;
    }

    /** Where the copies are told again what the registry says of a table. */
    public void copy(TableRecord record) {
        copies.accept(new Registration(record, lostAt(record.id()).orElse(null)));
    }

    /** Notes again when changes of the table were missed last, in a store that has lost that. */
    public void restoreLoss(TableId table, Instant at) {
        losses.put(Keys.of(Keys.LOSSES, table), new LostChanges(at));
    }

    /** Moves a table to a state. */
    public TableRecord move(TableId table, TableState next) {
        return update(table, (record, now) -> record.in(next, now));
    }

    /** Has a table loaded again from scratch, unless a user has stopped it meanwhile; announced in its notices and the log. */
    public void reload(TableId table, String reason) {
        reload(table, record -> true, reason);
    }

    /** The same, unless another load has begun, or is to begin, since the table was seen so: that one knows nothing of the reason. */
    public void reload(TableRecord seen, String reason) {
        reload(seen.id(), record -> Objects.equals(record.load(), seen.load()), reason);
    }

    private void reload(TableId table, Predicate<TableRecord> isMeant, String reason) {
        TableRecord after = update(
                table,
                (record, now) -> isStopped(record) || !isMeant.test(record) ? record : record.reloading(reason, now));
        if (after.state() == TableState.PENDING) {
            LOG.warn("table is loaded again table={} reason={}", table, reason);
        }
    }

    private static boolean isStopped(TableRecord record) {
        return record.state() == TableState.PAUSED || record.state() == TableState.DROPPED;
    }

    /** Has a table that lacks changes compared with the source and mended, unless a user has stopped it meanwhile; announced like a reload. */
    public void compare(TableId table, String reason) {
        update(
                table,
                (record, now) -> isStopped(record)
                        ? record
                        : record.reloading(reason, now).comparing());
        LOG.warn("table is compared with the source table={} reason={}", table, reason);
    }

    /** When changes of the table were missed last: they happened before, and no load that begins earlier can make up for them. */
    public Optional<Instant> lostAt(TableId table) {
        return losses.find(Keys.of(Keys.LOSSES, table)).map(LostChanges::at);
    }

    /** Marks a table as failed, unless a user has stopped it meanwhile. That changes were lost is kept in any case. */
    public void fail(TableId table, TidemarkException error) {
        fail(table, record -> true, error);
    }

    /** The same, unless another load has begun, or is to begin, since the table was seen so: that one knows nothing of the error. */
    public void fail(TableRecord seen, TidemarkException error) {
        fail(seen.id(), record -> Objects.equals(record.load(), seen.load()), error);
    }

    private void fail(TableId table, Predicate<TableRecord> isMeant, TidemarkException error) {
        if (error.code() == ErrorCode.SOURCE_SLOT_LOST) {
            losses.put(Keys.of(Keys.LOSSES, table), new LostChanges(clock.instant()));
        }
        TableRecord after = update(
                table,
                (record, now) -> isStopped(record) || !isMeant.test(record) ? record : record.failed(error, now));
        if (after.state() != TableState.FAILED) {
            return;
        }
        LOG.warn(
                "table failed table={} code={} reason={} remedy={}",
                table,
                error.code(),
                error.reason(),
                error.remedy());
    }
}
