package io.tidemark.engine.steer;

import io.tidemark.engine.capture.FreshStart;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What users do to tables. Commands change the registry; the running roles, wherever they run, follow within seconds. */
public final class TableCommands {
    private final Pipeline pipeline;
    private final TableRegistry registry;

    public TableCommands(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.registry = pipeline.registry();
    }

    /** Stops applying a table; its changes go on being captured. */
    public TableRecord pause(TableId table) {
        return changed(registry.update(table, (record, now) -> {
            refuseDropped(record, "pause");
            return record.in(TableState.PAUSED, now);
        }));
    }

    /** Goes on with a paused or failed table from where it stood. */
    public TableRecord resume(TableId table) {
        return changed(registry.update(table, (record, now) -> {
            refuseDropped(record, "resume");
            boolean stopped = record.state() == TableState.PAUSED || record.state() == TableState.FAILED;
            TableState next = record.resumeTo() == TableState.LIVE ? TableState.CATCHING_UP : record.resumeTo();
            return stopped ? record.in(next, now) : record;
        }));
    }

    /** Loads a table again from scratch, with the schema that the source has now. */
    public TableRecord resync(TableId table) {
        refuseDropped(registry.load(table), "resync");
        SourceTable found = inSource(table, "resync");
        return changed(registry.update(table, (record, now) -> restarted(record, found, now)));
    }

    /** Compares a table with the source and mends its mirror, which is kept where that is possible; a table without a key is loaded again. */
    public TableRecord compare(TableId table) {
        if (pipeline.isPartitioned()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot compare table " + table + ": the source tells no position that a comparison could be at",
                    "Run 'tidemark resync " + table + "' without --compare, or 'tidemark verify --repair " + table
                            + "'.",
                    null);
        }
        refuseDropped(registry.load(table), "resync");
        SourceTable found = inSource(table, "resync");
        return changed(registry.update(
                table,
                (record, now) ->
                        record.restarted(found.within(record.scope()), now).comparing()));
    }

    /**
     * Adds a table that the configured rules leave out, or brings a dropped one back.
     *
     * @param partitions partition fields of the mirror; empty for those of the configuration
     * @param deletes what a delete does to the mirror; null for what the configuration says, or hard
     * @throws TidemarkException {@code INVALID_ARGUMENT} when a rule of the configuration or a table that is mirrored has it otherwise
     */
    public TableRecord add(TableId table, List<String> partitions, @Nullable DeleteMode deletes) {
        SourceTable found = inSource(table, "add");
        TableRecord wanted = pipeline.wanted()
                .asWanted(TableRecord.pending(
                        pipeline.wanted().of(found),
                        pipeline.wanted().shape(table),
                        partitions,
                        deletes == null ? DeleteMode.HARD : deletes,
                        pipeline.clock().instant()));
        refuseOther(wanted, partitions, deletes, "the configuration's rule says", "change the rule");
        registry.add(wanted);
        TableRecord after = changed(registry.update(
                table,
                (record, now) -> record.state() == TableState.DROPPED
                        ? restarted(record, found, now)
                                .withMirror(wanted.shape(), wanted.partitions(), wanted.deletes())
                        : record));
        refuseOther(after, partitions, deletes, "it is mirrored already, with", "drop the table before");
        return after;
    }

    private static void refuseOther(
            TableRecord record, List<String> partitions, @Nullable DeleteMode deletes, String reason, String remedy) {
        boolean isSame = (partitions.isEmpty() || partitions.equals(record.partitions()))
                && (deletes == null || deletes == record.deletes());
        if (!isSame) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot add table " + record.id() + " with these partitions or deletes: " + reason + " partition="
                            + record.partitions() + ", delete="
                            + record.deletes().name().toLowerCase(Locale.ROOT),
                    "Leave the options out, or " + remedy + ".",
                    null);
        }
    }

    /** As it is registered, until enrolment takes what is wanted and drops a mirror that is not. */
    private static TableRecord restarted(TableRecord record, SourceTable whole, Instant now) {
        return record.restarted(whole.within(record.scope()), now).withoutStrings();
    }

    /**
     * Takes a table out of the pipeline.
     *
     * @param withMirror whether its mirror is deleted too
     */
    public TableRecord drop(TableId table, MirrorFate withMirror) {
        TableRecord dropped = changed(registry.move(table, TableState.DROPPED));
        pipeline.progress().forget(table);
        pipeline.deadLetters().resolveBefore(table, new Position(-1));
        if (withMirror == MirrorFate.DELETED) {
            pipeline.dropMirror(dropped.mirror());
        }
        return dropped;
    }

    /** What becomes of the mirror of a dropped table. */
    public enum MirrorFate {
        KEPT,
        DELETED
    }

    /**
     * Ends the pipeline: removes what it made in the source, and its entries in the metadata store. Mirrors and slices stay.
     *
     * @throws TidemarkException {@code INVALID_ARGUMENT} while the pipeline runs
     */
    public void dropPipeline() {
        if (pipeline.leases().isHeldBySomebody("capture")) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot drop pipeline " + pipeline.config().pipeline() + ": it is running",
                    "Stop 'tidemark run' first.",
                    null);
        }
        pipeline.source().remove();
        pipeline.registrations().remove();
        restartCapture();
        for (String prefix : List.of(
                Keys.TABLES,
                Keys.PROGRESS,
                Keys.WORK,
                Keys.HOLDS,
                Keys.REPAIRS,
                Keys.LOADS,
                Keys.CUTS,
                Keys.DEAD_LETTERS,
                Keys.ROLES,
                Keys.RETAINED_LOG,
                Keys.SHARES,
                Keys.HELPERS)) {
            for (Entry entry : pipeline.metastore().list(prefix)) {
                pipeline.metastore().delete(entry.key(), entry.version());
            }
        }
    }

    /**
     * Has the next capture begin anew where the source stands, instead of asking for changes that only a lost slot had, and take whatever database
     * it meets for the one to mirror. To be called before all tables are loaded again; a capture that runs well goes on as it is.
     */
    public void restartCapture() {
        // In this order, which a capture reads the other way round: one that finds no known database also finds that it
        // begins anew.
        new FreshStart(pipeline).restartCapture();
        pipeline.knownSource().forget();
    }

    private SourceTable inSource(TableId table, String verb) {
        SourceTable found = pipeline.source().tables().stream()
                .filter(candidate -> candidate.id().equals(table))
                .findFirst()
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.SOURCE_TABLE_MISSING,
                        "Cannot " + verb + " table " + table + ": the source does not have it"));
        TidemarkException problem =
                pipeline.wanted().problems(List.of(found), registry.list()).get(table);
        if (problem != null) {
            throw problem;
        }
        return found;
    }

    private static void refuseDropped(TableRecord record, String verb) {
        if (record.state() == TableState.DROPPED) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot " + verb + " table " + record.id() + ": it was dropped",
                    "Bring it back with 'tidemark add " + record.id() + "'.",
                    null);
        }
    }

    private TableRecord changed(TableRecord record) {
        pipeline.signals().tables().wake();
        pipeline.signals().sealed().wake();
        return record;
    }
}
