package io.tidemark.engine.config;

import io.tidemark.engine.config.Transformation.Kind;
import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.ColumnNaming;
import io.tidemark.engine.mirror.MirrorShape;
import io.tidemark.engine.mirror.NameChange;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.TableScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A validated configuration.
 *
 * @param file the YAML file it was read from
 * @param pipeline name, {@code [a-z][a-z0-9_]*}, at most 40 characters: what is made in the source is named after it
 * @param source the source's section
 * @param lake the lake's section
 * @param location root of the lake: an absolute local path or a URI
 * @param metadata the metadata store's section
 * @param state absolute folder on local disk for catalogs, indexes and scratch files
 * @param spark what starts jobs on Spark; empty when none are
 * @param catalog where mirrors that have no catalog of their own are registered; empty for nowhere
 * @param slices how time slices are cut and kept
 * @param types wanted type per type of the source
 * @param badValues what happens to rows with a value that does not fit its column, unless a rule says otherwise
 * @param tables rules that select tables; the first that matches decides
 * @param transformations what mirrors and their columns are named, and what else an AWS DMS document says of columns
 * @param limits bounds on memory, connections and threads
 */
public record PipelineConfig(
        Path file,
        String pipeline,
        Section source,
        Section lake,
        String location,
        Section metadata,
        Path state,
        Optional<Section> spark,
        Optional<Section> catalog,
        SliceConfig slices,
        Map<String, ColumnType> types,
        BadValues badValues,
        List<TableRule> tables,
        List<Transformation> transformations,
        LimitConfig limits) {
    public PipelineConfig {
        types = Map.copyOf(types);
        tables = List.copyOf(tables);
        transformations = List.copyOf(transformations);
    }

    /** The rule that selects a table, unless it is left out: the first that matches decides. */
    public Optional<TableRule> findRule(TableId table) {
        return tables.stream().filter(rule -> rule.matches(table)).findFirst().filter(TableRule::include);
    }

    /** What happens to rows of the table with a value that does not fit its column. */
    public BadValues badValues(TableId table) {
        return findRule(table).map(TableRule::badValues).orElse(badValues);
    }

    /** What applies slices to the table's mirror. */
    public ApplyEngine engine(TableId table) {
        return findRule(table).map(TableRule::engine).orElse(ApplyEngine.LOCAL);
    }

    /** The way of the table's existing rows into its mirror. */
    public SnapshotPath snapshot(TableId table) {
        return findRule(table).map(TableRule::snapshot).orElse(SnapshotPath.DIRECT);
    }

    /** Wanted type per column name. */
    public Map<String, TableRule.ColumnChoice> columns(TableId table) {
        Map<String, TableRule.ColumnChoice> columns =
                new HashMap<>(findRule(table).map(TableRule::columns).orElse(Map.of()));
        for (Transformation transformation : transformations) {
            if (transformation.isOf(table, Kind.RETYPE) && transformation.type() != null) {
                columns.put(
                        transformation.column().exact().orElseThrow(),
                        new TableRule.ColumnChoice(transformation.type(), transformation.line()));
            }
        }
        return columns;
    }

    /** The part of the table that is mirrored. */
    public TableScope scope(TableId table) {
        List<String> omitted = new ArrayList<>();
        findRule(table).ifPresent(rule -> rule.omit().forEach(column -> omitted.add(column.regex())));
        List<String> kept = new ArrayList<>();
        for (Transformation transformation : transformations) {
            if (transformation.isOf(table, Kind.OMIT)) {
                omitted.add(transformation.column().regex());
            } else if (transformation.isOf(table, Kind.KEEP)) {
                kept.add(transformation.column().regex());
            }
        }
        if (!kept.isEmpty()) {
            omitted.add("(?s)(?!(?:" + String.join("|", kept) + ")$).*");
        }
        RowFilter where = findRule(table).map(TableRule::where).orElse(RowFilter.ALL);
        return new TableScope(omitted, Set.of(), where);
    }

    /** How the mirror of the table is named, and what it has beside the table's columns. */
    public MirrorShape shape(TableId table) {
        String schema = table.schema();
        String name = table.name();
        List<ColumnNaming> columns = new ArrayList<>();
        List<AddedColumn> added = new ArrayList<>();
        for (Transformation transformation : transformations) {
            NameChange change = transformation.name();
            if (change != null && transformation.isOf(table, Kind.RENAME)) {
                switch (transformation.target()) {
                    case SCHEMA -> schema = change.apply(schema);
                    case TABLE -> name = change.apply(name);
                    case COLUMN ->
                        columns.add(new ColumnNaming(transformation.column().regex(), change));
                }
            } else if (transformation.added() != null && transformation.isOf(table, Kind.ADD)) {
                added.add(transformation.added());
            }
        }
        findRule(table).ifPresent(rule -> added.addAll(rule.add()));
        String latestBy = findRule(table).map(TableRule::latestBy).orElse(null);
        return new MirrorShape(new TableId(schema, name), columns, added, latestBy);
    }
}
