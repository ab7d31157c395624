package io.tidemark.engine.capture;

import io.tidemark.engine.config.TableRule;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Brings the registry in line with the source's tables and the configured rules, and makes the source publish the result. */
public final class Enrolment {
    private final Pipeline pipeline;
    private final TableRegistry registry;
    private Map<TableId, BeforeImage> published = Map.of();
    private boolean prepared;

    public Enrolment(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.registry = pipeline.registry();
    }

    /** The rule that selects a table, unless it is left out: the first that matches decides. */
    public static Optional<TableRule> ruleFor(List<TableRule> rules, TableId table) {
        return rules.stream().filter(rule -> rule.matches(table)).findFirst().filter(TableRule::include);
    }

    /**
     * Looks at source and rules again.
     *
     * @param resumeToken where capture goes on
     * @return the tables that are published
     */
    public List<SourceTable> refresh(Optional<String> resumeToken) {
        Map<TableId, SourceTable> found = new LinkedHashMap<>();
        pipeline.source().tables().forEach(table -> found.put(table.id(), table));
        addNew(found);
        takeNewChoices(found);
        List<SourceTable> captured = new ArrayList<>();
        Map<TableId, BeforeImage> wanted = new HashMap<>();
        for (TableRecord record : registry.list()) {
            SourceTable table = found.get(record.id());
            if (record.state().captured() && isStillThere(record, table) && table != null) {
                captured.add(withRegisteredSchema(record, table));
                wanted.put(table.id(), table.schema().beforeImage());
            }
        }
        if (!prepared || !wanted.equals(published)) {
            pipeline.source().prepare(captured, resumeToken);
            published = wanted;
            prepared = true;
        }
        for (SourceTable table : captured) {
            registry.find(table.id()).filter(record -> !record.published()).ifPresent(record -> {
                // A resync that came meanwhile has another schema than the stream will be opened with: it waits for the
                // next look.
                registry.update(
                        record.id(),
                        (current, now) -> current.schema().equals(table.schema()) ? current.withPublished() : current);
                pipeline.signals().tables().wake();
            });
        }
        return captured;
    }

    private void addNew(Map<TableId, SourceTable> found) {
        Set<TableId> known = new HashSet<>();
        registry.list().forEach(record -> known.add(record.id()));
        for (SourceTable table : found.values()) {
            if (!known.contains(table.id())) {
                ruleFor(pipeline.config().tables(), table.id())
                        .ifPresent(rule -> registry.add(TableRecord.pending(
                                table,
                                rule.partitions(),
                                rule.deletes(),
                                pipeline.clock().instant())));
            }
        }
    }

    /** What is not loaded yet is loaded with the types that are chosen now. */
    private void takeNewChoices(Map<TableId, SourceTable> found) {
        for (TableRecord record : registry.list()) {
            SourceTable table = found.get(record.id());
            if (table != null
                    && record.load() == null
                    && record.state() == TableState.PENDING
                    && pipeline.chosenTypes()
                            .change(record.schema(), table.schema())
                            .isPresent()) {
                registry.update(
                        record.id(),
                        (current, now) -> current.load() == null && current.state() == TableState.PENDING
                                ? current.restarted(table, now)
                                : current);
            }
        }
    }

    /** A wrong choice, or one that came after the load, stops the table. */
    private void checkChoices(TableRecord record, SourceTable table) {
        if (record.state() != TableState.FAILED && table.identity().equals(record.identity())) {
            pipeline.chosenTypes()
                    .problem(table)
                    .or(() -> pipeline.chosenTypes().change(record.schema(), table.schema()))
                    .ifPresent(problem -> registry.fail(record.id(), problem));
        }
    }

    private boolean isStillThere(TableRecord record, @org.jspecify.annotations.Nullable SourceTable table) {
        if (table == null) {
            if (record.state() != TableState.FAILED) {
                registry.fail(
                        record.id(),
                        new TidemarkException(
                                ErrorCode.SOURCE_TABLE_MISSING,
                                "Cannot capture table " + record.id() + ": the source does not have it"));
            }
            return false;
        }
        if (!table.identity().equals(record.identity()) && record.state() != TableState.FAILED) {
            registry.fail(
                    record.id(),
                    new TidemarkException(
                            ErrorCode.SOURCE_SCHEMA_CHANGED,
                            "Cannot go on with table " + record.id() + ": it was dropped and created again"));
        }
        boolean isSameKey = table.schema().key().equals(record.schema().key())
                && table.schema().beforeImage() == record.schema().beforeImage();
        if (table.identity().equals(record.identity()) && !isSameKey && record.state() != TableState.FAILED) {
            registry.fail(
                    record.id(),
                    new TidemarkException(
                            ErrorCode.SOURCE_SCHEMA_CHANGED,
                            "Cannot go on with table " + record.id()
                                    + ": its key or replica identity changed (registered="
                                    + record.schema().key() + ", now="
                                    + table.schema().key() + ")"));
        }
        checkChoices(record, table);
        return true;
    }

    private static SourceTable withRegisteredSchema(TableRecord record, SourceTable found) {
        return new SourceTable(
                record.identity().equals(found.identity()) ? record.schema() : found.schema(),
                found.identity(),
                -1,
                -1,
                List.of());
    }
}
