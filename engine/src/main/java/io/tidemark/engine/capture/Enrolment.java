package io.tidemark.engine.capture;

import io.tidemark.engine.config.TableRule;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.SchemaPolicy;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings the registry in line with the source's tables and the configured rules, and makes the source publish the result. */
public final class Enrolment {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration REGISTRY_LOOK = Duration.ofSeconds(2);

    private final Pipeline pipeline;
    private final TableRegistry registry;
    private Map<TableId, SourceTable> prepared = Map.of();
    private Instant lastLook;
    private Instant lastRegistryLook;

    public Enrolment(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.registry = pipeline.registry();
        this.lastLook = pipeline.clock().instant();
        this.lastRegistryLook = lastLook;
    }

    /** The rule that selects a table, unless it is left out: the first that matches decides. */
    public static Optional<TableRule> ruleFor(List<TableRule> rules, TableId table) {
        return rules.stream().filter(rule -> rule.matches(table)).findFirst().filter(TableRule::include);
    }

    /**
     * Looks at source and rules again, makes the source publish the tables, and lets those be loaded that were not published before. To be called
     * before the stream is opened: what a load at a later cut needs comes through that stream, which knows the tables as they are now.
     *
     * @param resumeToken where capture goes on
     * @return the tables that are published
     */
    public List<SourceTable> refresh(Optional<String> resumeToken) {
        List<SourceTable> captured = prepare(resumeToken);
        publish(captured);
        return captured;
    }

    /** The first half of {@link #refresh}: no table is loaded yet that was not before. */
    List<SourceTable> prepare(Optional<String> resumeToken) {
        prepared = inSource();
        List<SourceTable> captured = look(prepared);
        pipeline.source().prepare(captured, resumeToken);
        return captured;
    }

    /** The second half: loads may begin. */
    void publish(List<SourceTable> captured) {
        Map<TableId, SourceTable> found = prepared;
        for (SourceTable table : captured) {
            registry.find(table.id()).filter(TableRecord::isToBeEnrolled).ifPresent(record -> {
                registry.update(
                        record.id(),
                        (current, now) ->
                                current.schema().equals(table.schema()) && isAsWanted(current, found.get(record.id()))
                                        ? current.withPublished()
                                        : current);
                pipeline.signals().tables().wake();
            });
        }
    }

    /** Whether to look again: once in a while, and soon when a command has left a table to be enrolled. */
    boolean isDue() {
        Instant now = pipeline.clock().instant();
        if (Duration.between(lastRegistryLook, now).compareTo(REGISTRY_LOOK) < 0) {
            return false;
        }
        lastRegistryLook = now;
        boolean waiting = registry.list().stream().anyMatch(TableRecord::isToBeEnrolled);
        if (waiting || Duration.between(lastLook, now).compareTo(LOOK) >= 0) {
            lastLook = now;
            return true;
        }
        return false;
    }

    /** Looks at source and rules again; returns whether the stream that was opened for these tables has to be opened anew. */
    public boolean hasChanged(List<SourceTable> opened) {
        return !look(inSource()).equals(opened) || registry.list().stream().anyMatch(TableRecord::isToBeEnrolled);
    }

    /** Whether what is registered is what this look would register: a resync that came meanwhile may not be, and waits for the next look. */
    private boolean isAsWanted(TableRecord record, @Nullable SourceTable whole) {
        return whole != null && record.isToBeEnrolled() && record.equals(asFound(record, whole));
    }

    private TableRecord asFound(TableRecord record, SourceTable whole) {
        return pipeline.wanted().asWanted(record.asFound(pipeline.wanted().of(whole, record)));
    }

    private Map<TableId, SourceTable> inSource() {
        Map<TableId, SourceTable> found = new LinkedHashMap<>();
        pipeline.source().tables().forEach(table -> found.put(table.id(), withKnownColumns(table)));
        return found;
    }

    /** What a partitioned source has shown of a table once is known for ever; a look at it need not meet it again. */
    private SourceTable withKnownColumns(SourceTable table) {
        if (!pipeline.isPartitioned()) {
            return table;
        }
        return registry.find(table.id())
                .filter(record -> record.identity().equals(table.identity()))
                .map(record -> new SourceTable(
                        record.load() == null
                                ? table.schema().plus(record.schema())
                                : withRegisteredTypes(table.schema(), record.schema()),
                        table.estimatedRows(),
                        table.estimatedBytes(),
                        table.notices(),
                        table.scope()))
                .orElse(table);
    }

    /** Another look may find another type for a column; that of a mirror stays, unless the configuration wants another one. */
    private RowSchema withRegisteredTypes(RowSchema found, RowSchema registered) {
        Set<String> chosen = pipeline.config().columns(found.table()).keySet();
        List<Column> columns = new ArrayList<>();
        for (Column column : found.columns()) {
            int index = registered.indexOfId(column.id());
            boolean isChosen =
                    chosen.contains(column.name()) || pipeline.config().types().containsKey(column.sourceType());
            columns.add(index < 0 || isChosen ? column : registered.columns().get(index));
        }
        return found.with(columns, found.key()).plus(registered);
    }

    private List<SourceTable> look(Map<TableId, SourceTable> found) {
        addNew(found);
        takeNewChoices(found);
        Map<TableId, SourceTable> present = new LinkedHashMap<>();
        for (TableRecord record : registry.list()) {
            SourceTable whole = found.get(record.id());
            if (record.state().captured() && isStillThere(record, whole) && whole != null) {
                present.put(record.id(), whole);
            }
        }
        checkUnloaded(present);
        List<SourceTable> captured = new ArrayList<>();
        present.forEach((id, whole) -> {
            TableRecord now = registry.load(id);
            if (!isRefused(now)) {
                captured.add(withRegisteredSchema(now, whole));
            }
        });
        return captured;
    }

    /** Whether it cannot be mirrored at all: what the source may not publish of it must not keep the others' changes back. */
    private static boolean isRefused(TableRecord record) {
        return record.state() == TableState.FAILED && !record.published() && record.load() == null;
    }

    /**
     * What is not loaded yet and cannot be mirrored stops, the other tables go on. One that failed for want of a permission goes on when it was
     * given, or says what it lacks now.
     */
    private void checkUnloaded(Map<TableId, SourceTable> present) {
        List<TableRecord> records = registry.list();
        Map<TableRecord, SourceTable> unloaded = new LinkedHashMap<>();
        for (TableRecord record : records) {
            SourceTable whole = present.get(record.id());
            if (whole != null && isUnproven(record, whole)) {
                unloaded.put(record, whole);
            }
        }
        Map<TableId, TidemarkException> problems = pipeline.wanted().problems(unloaded.values(), records);
        for (TableRecord record : unloaded.keySet()) {
            TidemarkException problem = problems.get(record.id());
            boolean isFailed = record.state() == TableState.FAILED;
            if (problem == null && isFailed) {
                registry.move(record.id(), TableState.PENDING);
            } else if (problem != null && !(isFailed && hasReason(record, problem))) {
                registry.fail(record.id(), problem);
            }
        }
    }

    private static boolean hasReason(TableRecord record, TidemarkException problem) {
        return record.failure() != null && record.failure().reason().equals(problem.reason());
    }

    private static boolean isUnproven(TableRecord record, SourceTable whole) {
        if (record.state() != TableState.FAILED) {
            return record.load() == null && record.identity().equals(whole.identity());
        }
        TableRecord.Failure failure = record.failure();
        return isRefused(record) && failure != null && failure.code().equals(ErrorCode.SOURCE_PERMISSION.name());
    }

    private void addNew(Map<TableId, SourceTable> found) {
        Set<TableId> known = new HashSet<>();
        registry.list().forEach(record -> known.add(record.id()));
        for (SourceTable table : found.values()) {
            if (!known.contains(table.id())) {
                ruleFor(pipeline.config().tables(), table.id())
                        .ifPresent(rule -> registry.add(TableRecord.pending(
                                pipeline.wanted().of(table),
                                pipeline.wanted().shape(table.id()),
                                rule.partitions(),
                                rule.deletes(),
                                pipeline.clock().instant())));
            }
        }
    }

    /** What is not loaded yet is loaded as it is wanted now. */
    private void takeNewChoices(Map<TableId, SourceTable> found) {
        for (TableRecord record : registry.list()) {
            SourceTable whole = found.get(record.id());
            if (whole != null
                    && isUnloaded(record)
                    && pipeline.wanted().difference(record, whole).isPresent()) {
                TableRecord after = registry.update(
                        record.id(),
                        (current, now) -> isUnloaded(current)
                                ? pipeline.wanted()
                                        .asWanted(current.restarted(
                                                pipeline.wanted().of(whole, current), now))
                                : current);
                dropLeft(record, after);
            }
        }
    }

    private static boolean isUnloaded(TableRecord record) {
        return record.load() == null && record.state() == TableState.PENDING;
    }

    /** A mirror under a name that is not wanted any more has no further use. */
    private void dropLeft(TableRecord before, TableRecord after) {
        boolean isOfAnother = registry.list().stream()
                .anyMatch(other ->
                        !other.id().equals(before.id()) && other.mirror().equals(before.mirror()));
        if (!before.mirror().equals(after.mirror()) && !isOfAnother) {
            pipeline.dropMirror(before.mirror());
        }
    }

    /** A wrong choice that came after the load stops the table. */
    private void checkLoaded(TableRecord record, SourceTable whole) {
        if (record.load() != null
                && record.state() != TableState.FAILED
                && whole.identity().equals(record.identity())) {
            pipeline.wanted().change(record, whole).ifPresent(found -> registry.fail(record.id(), found));
        }
    }

    private boolean isStillThere(TableRecord record, @Nullable SourceTable whole) {
        if (whole == null) {
            if (record.state() != TableState.FAILED) {
                registry.fail(
                        record.id(),
                        new TidemarkException(
                                ErrorCode.SOURCE_TABLE_MISSING,
                                "Cannot capture table " + record.id() + ": the source does not have it"));
            }
            return false;
        }
        if (record.isToBeEnrolled()) {
            register(record, whole);
            return true;
        }
        SourceTable table = pipeline.wanted().asRegistered(whole, record);
        if (record.state() == TableState.FAILED) {
            boolean wasMissing =
                    record.failure() != null && record.failure().code().equals(ErrorCode.SOURCE_TABLE_MISSING.name());
            return !wasMissing || changed(record, whole, "it is in the source again");
        }
        if (!table.identity().equals(record.identity())) {
            return changed(record, whole, "it was dropped and created again");
        }
        if (!hasSameKey(record.schema(), table.schema())) {
            return changed(
                    record,
                    whole,
                    "its key changed (registered=" + record.schema().key() + ", now="
                            + table.schema().key() + ")");
        }
        Optional<String> retyped = retyped(record.schema(), table.schema());
        if (retyped.isPresent()) {
            return changed(record, table, retyped.orElseThrow());
        }
        BeforeImage before = record.schema().beforeImage();
        BeforeImage now = table.schema().beforeImage();
        if (before != now && (before == BeforeImage.NONE || now == BeforeImage.NONE)) {
            return changed(record, whole, "its replica identity changed (registered=" + before + ", now=" + now + ")");
        }
        if (before != now) {
            registry.update(
                    record.id(),
                    (current, at) -> current.withSchema(current.schema().with(now)));
        }
        checkLoaded(record, whole);
        return true;
    }

    /** A change of a composite type does not come through the stream of the tables that use it. */
    private static Optional<String> retyped(RowSchema registered, RowSchema now) {
        for (Column column : registered.columns()) {
            int index = column.id() == 0 ? now.indexOf(column.name()) : now.indexOfId(column.id());
            if (index < 0 || !column.type().hasStruct()) {
                continue;
            }
            Column found = now.columns().get(index);
            if (found.type().hasStruct() && !found.sourceType().equals(column.sourceType())) {
                return Optional.of("the type of column " + found.name() + " changed (registered=" + column.sourceType()
                        + ", now=" + found.sourceType() + ")");
            }
        }
        return Optional.empty();
    }

    /** What cannot be followed change by change: the table is loaded again, or waits for somebody who wants to know. */
    private boolean changed(TableRecord record, SourceTable whole, String reason) {
        if (!SchemaPolicy.follows(pipeline.config().tables(), record.id())) {
            registry.fail(
                    record.id(),
                    new TidemarkException(
                            ErrorCode.SOURCE_SCHEMA_CHANGED, "Cannot go on with table " + record.id() + ": " + reason));
        } else if (record.state() != TableState.PAUSED) {
            registry.reload(record.id(), reason);
            register(record, whole);
            pipeline.signals().tables().wake();
        }
        return true;
    }

    private void register(TableRecord record, SourceTable whole) {
        dropLeft(record, registry.update(record.id(), (current, now) -> asFound(current, whole)));
    }

    /** Columns are told apart by their ids where both know them, so that a renamed key is the same key. */
    private static boolean hasSameKey(RowSchema registered, RowSchema now) {
        return keyIds(registered).equals(keyIds(now)) || registered.key().equals(now.key());
    }

    private static List<Integer> keyIds(RowSchema schema) {
        return schema.key().stream()
                .map(name -> schema.columns().get(schema.indexOf(name)).id())
                .toList();
    }

    private SourceTable withRegisteredSchema(TableRecord record, SourceTable whole) {
        SourceTable found = pipeline.wanted().asRegistered(whole, record);
        boolean isSameTable = record.identity().equals(found.identity());
        return new SourceTable(
                isSameTable ? record.schema() : found.schema(),
                -1,
                -1,
                List.of(),
                isSameTable ? record.scope() : found.scope());
    }
}
