package io.tidemark.engine.table;

import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.mirror.MirrorShape;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline knows of a table.
 *
 * @param state where it stands
 * @param resumeTo the state it had before it was paused or failed
 * @param since when the state was entered
 * @param schema schema as registered from the source, without the columns that are left out
 * @param scope the part of the table that is mirrored, as registered
 * @param strings columns that are carried as string because a value did not fit their type
 * @param shape how the mirror differs from the table, as registered
 * @param partitions partition fields of the mirror
 * @param deletes what deletes do to the mirror
 * @param keepsMirror whether its load compares the mirror that it has with the source and mends what differs, instead of making another one
 * @param published whether the source publishes its changes, so that a load may begin
 * @param load the load, once planned
 * @param failure why it failed
 * @param notices what a user should know
 */
public record TableRecord(
        TableState state,
        TableState resumeTo,
        Instant since,
        RowSchema schema,
        TableScope scope,
        Set<String> strings,
        MirrorShape shape,
        List<String> partitions,
        DeleteMode deletes,
        boolean keepsMirror,
        boolean published,
        @Nullable LoadPlan load,
        @Nullable Failure failure,
        List<String> notices) {
    private static final String RELOADING = "loaded again since ";

    public TableRecord {
        strings = Collections.unmodifiableSortedSet(new TreeSet<>(strings));
        partitions = List.copyOf(partitions);
        notices = List.copyOf(notices);
    }

    /**
     * Why a table failed.
     *
     * @param code code of the error
     * @param reason what happened
     * @param remedy what to do
     */
    public record Failure(String code, String reason, String remedy) {
        static Failure of(TidemarkException error) {
            return new Failure(error.code().name(), error.reason(), error.remedy());
        }
    }

    /**
     * A table that waits to be loaded.
     *
     * @param table the part of it that is mirrored
     */
    public static TableRecord pending(
            SourceTable table, MirrorShape shape, List<String> partitions, DeleteMode deletes, Instant now) {
        return new TableRecord(
                TableState.PENDING,
                TableState.PENDING,
                now,
                table.schema(),
                table.scope(),
                Set.of(),
                shape,
                partitions,
                deletes,
                false,
                false,
                null,
                null,
                table.notices());
    }

    public TableId id() {
        return schema.table();
    }

    /** The source's own identity of the table. */
    public String identity() {
        return schema.identity();
    }

    /** How the mirror is made. */
    public LakeTableSpec spec() {
        return new LakeTableSpec(shape.schema(schema), partitions, deletes, shape.latestBy());
    }

    /** Name of the mirror. */
    public TableId mirror() {
        return shape.table();
    }

    /** Rows of the registered schema as rows of the mirror. */
    public MirrorRows mirrorRows() {
        return new MirrorRows(shape, schema, deletes);
    }

    /** The table as a source plug-in wants it back. */
    public SourceTable sourceTable() {
        return new SourceTable(schema, -1, -1, notices, scope);
    }

    /**
     * The same in another state.
     *
     * @throws IllegalStateException when the life cycle has no such step
     */
    public TableRecord in(TableState next, Instant now) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException(
                    "Cannot move table " + id() + " from " + state.label() + " to " + next.label());
        }
        if (state == next) {
            return this;
        }
        boolean stopped = state == TableState.PAUSED || state == TableState.FAILED;
        return standing(next, stopped ? resumeTo : state, now, load, next == TableState.FAILED ? failure : null);
    }

    /** Failed, with the reason. */
    public TableRecord failed(TidemarkException error, Instant now) {
        TableRecord next = in(TableState.FAILED, now);
        return standing(next.state, next.resumeTo, now, load, Failure.of(error));
    }

    /** Pending again from scratch, with the schema that the source has now. */
    public TableRecord restarted(SourceTable table, Instant now) {
        return in(TableState.PENDING, now)
                .standing(TableState.PENDING, TableState.PENDING, now, null, null)
                .described(table.schema(), table.scope(), strings, false, table.notices())
                .keeping(false);
    }

    /** The same, but what is loaded is what differs between the mirror and the source. */
    public TableRecord comparing() {
        return keeping(true);
    }

    /** Pending again from scratch, with a notice of the reason; enrolment finds out what the source has now. */
    public TableRecord reloading(String reason, Instant now) {
        List<String> announced = new ArrayList<>(notices);
        announced.removeIf(notice -> notice.startsWith(RELOADING));
        announced.add(RELOADING + now.truncatedTo(ChronoUnit.SECONDS) + ": " + reason);
        return restarted(new SourceTable(schema, -1, -1, announced, scope), now);
    }

    /** Stopped as before; compared, or loaded again, when it goes on. */
    public TableRecord withLostChanges() {
        return standing(state, TableState.PENDING, since, null, failure)
                .described(schema, scope, strings, false, notices)
                .keeping(true);
    }

    /** The same, with the types of all columns tried again. */
    public TableRecord withoutStrings() {
        return described(schema, scope, Set.of(), published, notices);
    }

    /** The same, with one more column that is carried as string. */
    public TableRecord withString(String column) {
        Set<String> more = new TreeSet<>(strings);
        more.add(column);
        return described(schema, scope, more, published, notices);
    }

    /** The same, with what the source has now: for a table that is not published yet. */
    public TableRecord asFound(SourceTable table) {
        List<String> announced = new ArrayList<>(table.notices());
        notices.stream().filter(notice -> notice.startsWith(RELOADING)).forEach(announced::add);
        return described(table.schema(), table.scope(), strings, published, announced);
    }

    /** The same, with a mirror that is to be made so: for a table that is not loaded yet. */
    public TableRecord withMirror(MirrorShape newShape, List<String> newPartitions, DeleteMode newDeletes) {
        return new TableRecord(
                state,
                resumeTo,
                since,
                schema,
                scope,
                strings,
                newShape,
                newPartitions,
                newDeletes,
                keepsMirror,
                published,
                load,
                failure,
                notices);
    }

    /** The same with a later version of the schema. */
    public TableRecord withSchema(RowSchema later) {
        return described(later, scope, strings, published, notices);
    }

    /**
     * This record, if a load that was begun for an earlier look at it may go on.
     *
     * @throws TidemarkException {@code LEASE_LOST} when the table was stopped, or is to be loaded anew, since
     */
    public TableRecord requireUnchanged(TableRecord seen) {
        if (state != seen.state || published != seen.published || !Objects.equals(load, seen.load)) {
            throw new TidemarkException(
                    ErrorCode.LEASE_LOST, "Cannot load " + id() + ": what is wanted of it has changed meanwhile");
        }
        return this;
    }

    /** Whether it is still loaded by this plan: another process may have taken over since, gone on by a later plan, and ended. */
    public boolean isLoadedBy(@Nullable LoadPlan plan) {
        return state == TableState.LOADING && Objects.equals(load, plan);
    }

    /** Whether its load was read at several cuts. */
    public boolean isLoadedInParts() {
        return load != null && load.isInParts();
    }

    /** Loading by this plan. */
    public TableRecord loading(LoadPlan plan, Instant now) {
        TableRecord next = in(TableState.LOADING, now);
        return standing(next.state, next.resumeTo, next.since, plan, null);
    }

    /**
     * Loaded; events from after the load are next.
     *
     * @param readUntil see {@link LoadPlan}
     */
    public TableRecord loaded(@Nullable Instant readUntil, Instant now) {
        TableRecord next = in(TableState.CATCHING_UP, now);
        LoadPlan plan = load == null || readUntil == null ? load : load.readUntil(readUntil);
        return standing(next.state, next.resumeTo, next.since, plan, null).keeping(false);
    }

    /** Whether its load waits for the source to publish it as it is wanted now. */
    public boolean isToBeEnrolled() {
        return state == TableState.PENDING && !published;
    }

    public TableRecord withPublished() {
        return published ? this : described(schema, scope, strings, true, notices);
    }

    private TableRecord standing(
            TableState newState,
            TableState newResumeTo,
            Instant newSince,
            @Nullable LoadPlan newLoad,
            @Nullable Failure newFailure) {
        return new TableRecord(
                newState,
                newResumeTo,
                newSince,
                schema,
                scope,
                strings,
                shape,
                partitions,
                deletes,
                keepsMirror,
                published,
                newLoad,
                newFailure,
                notices);
    }

    private TableRecord described(
            RowSchema newSchema,
            TableScope newScope,
            Set<String> newStrings,
            boolean nowPublished,
            List<String> newNotices) {
        return new TableRecord(
                state,
                resumeTo,
                since,
                newSchema,
                newScope,
                newStrings,
                shape,
                partitions,
                deletes,
                keepsMirror,
                nowPublished,
                load,
                failure,
                newNotices);
    }

    private TableRecord keeping(boolean mirror) {
        return new TableRecord(
                state,
                resumeTo,
                since,
                schema,
                scope,
                strings,
                shape,
                partitions,
                deletes,
                mirror,
                published,
                load,
                failure,
                notices);
    }
}
