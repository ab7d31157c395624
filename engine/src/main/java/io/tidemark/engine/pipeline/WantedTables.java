package io.tidemark.engine.pipeline;

import io.tidemark.engine.config.ChosenTypes;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.config.TableRule;
import io.tidemark.engine.mirror.AddedColumn;
import io.tidemark.engine.mirror.MirrorShape;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.Source;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the configuration wants of tables (rows, columns, types, names), held against the tables that there are. */
public final class WantedTables {
    private final PipelineConfig config;
    private final ChosenTypes types;
    private final Source source;
    private final Lake lake;

    WantedTables(PipelineConfig config, ChosenTypes types, Source source, Lake lake) {
        this.config = config;
        this.types = types;
        this.source = source;
        this.lake = lake;
    }

    /** The part of a whole table that is wanted. */
    public SourceTable of(SourceTable whole) {
        return withStrings(whole.within(config.scope(whole.id())), Set.of());
    }

    /** The part of a whole table that is wanted, with what its record says of types. */
    public SourceTable of(SourceTable whole, TableRecord record) {
        return withStrings(whole.within(config.scope(whole.id())), record.strings());
    }

    /** A whole table as it is registered. */
    public SourceTable asRegistered(SourceTable whole, TableRecord record) {
        return withStrings(whole.within(record.scope()), record.strings());
    }

    /** How the mirror is wanted. */
    public MirrorShape shape(TableId table) {
        return config.shape(table);
    }

    /** The same table with a mirror as it is wanted; one that no rule includes keeps the partitions and deletes that it was added with. */
    public TableRecord asWanted(TableRecord record) {
        Optional<TableRule> rule = config.findRule(record.id());
        return record.withMirror(
                shape(record.id()),
                rule.map(TableRule::partitions).orElse(record.partitions()),
                rule.map(TableRule::deletes).orElse(record.deletes()));
    }

    /**
     * Why tables cannot be mirrored as they are wanted.
     *
     * @param wholes the tables as the source has them
     * @param registered the tables that the pipeline has
     * @return the first problem of each table that has one
     */
    public Map<TableId, TidemarkException> problems(Collection<SourceTable> wholes, List<TableRecord> registered) {
        Map<TableId, TidemarkException> problems = new HashMap<>();
        List<SourceTable> possible = new ArrayList<>();
        for (SourceTable whole : wholes) {
            SourceTable table = of(whole);
            types.problem(table)
                    .or(() -> omittedKey(whole, table))
                    .ifPresentOrElse(problem -> problems.put(table.id(), problem), () -> possible.add(table));
        }
        problems.putAll(source.problems(possible));
        for (SourceTable table : possible) {
            if (!problems.containsKey(table.id())) {
                unfit(table)
                        .or(() -> taken(table.id(), registered))
                        .ifPresent(problem -> problems.put(table.id(), problem));
            }
        }
        return problems;
    }

    /** Why a table that is loaded cannot go on: it is wanted otherwise now. */
    public Optional<TidemarkException> change(TableRecord record, SourceTable whole) {
        return types.problem(of(whole)).or(() -> difference(record, whole));
    }

    /** What is wanted otherwise than a table is registered. */
    public Optional<TidemarkException> difference(TableRecord record, SourceTable whole) {
        return types.change(record.schema(), asRegistered(whole, record).schema())
                .or(() -> difference(record));
    }

    /**
     * What becomes of a table with a value that does not fit its column, where such columns are to be carried as string: it is loaded again with
     * that column as string, or fails when that is no help.
     *
     * @param column the column; empty when it is not known
     */
    public void carryAsString(TableRegistry registry, TableId table, String column, TidemarkException reason) {
        TableRecord record = registry.load(table);
        if (record.strings().contains(column) && record.load() == null) {
            // The load that is to come carries it so.
            return;
        }
        int index = record.schema().indexOf(column);
        Column known = index < 0 ? null : record.schema().columns().get(index);
        if (known == null || known.type().equals(ColumnType.STRING) || !types.canBeString(known)) {
            registry.fail(table, reason);
            return;
        }
        registry.update(table, (current, now) -> current.withString(column));
        registry.reload(
                table,
                "column " + column + " holds a value that " + known.type()
                        + " cannot hold; it is carried as string from now on");
    }

    private SourceTable withStrings(SourceTable table, Set<String> strings) {
        List<Column> columns = new ArrayList<>();
        List<String> notices = new ArrayList<>(table.notices());
        for (Column column : table.schema().columns()) {
            boolean isHeld = lake.holds(column.type());
            boolean isString = (strings.contains(column.name()) || !isHeld) && types.canBeString(column);
            columns.add(isString ? asString(column) : column);
            if (isString && !isHeld) {
                notices.add(
                        "column " + column.name() + " is carried as string: the lake has no type for " + column.type());
            }
        }
        RowSchema schema = table.schema();
        return new SourceTable(
                schema.with(columns, schema.key()),
                table.estimatedRows(),
                table.estimatedBytes(),
                notices,
                table.scope());
    }

    private static Column asString(Column column) {
        return new Column(column.name(), ColumnType.STRING, column.nullable(), column.sourceType(), column.id());
    }

    private Optional<TidemarkException> difference(TableRecord record) {
        TableScope wanted = config.scope(record.id());
        boolean isSameScope = wanted.rows().equals(record.scope().rows())
                && wanted.omittedNames().equals(record.scope().omittedNames());
        TableRecord asWanted = asWanted(record);
        List<String> others = new ArrayList<>();
        if (!isSameScope) {
            others.add("rows or columns left out");
        }
        if (!asWanted.shape().equals(record.shape())) {
            others.add("names, added columns or latest-by");
        }
        if (!asWanted.partitions().equals(record.partitions())) {
            others.add("partitions");
        }
        if (asWanted.deletes() != record.deletes()) {
            others.add("deletes");
        }
        if (others.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot go on with table " + record.id() + ": its mirror was loaded with other "
                        + String.join(", ", others) + " than the configuration wants (file="
                        + config.file().getFileName() + ")",
                "Run 'tidemark resync " + record.id()
                        + "' to load it as wanted, or take the change back and run 'tidemark resume " + record.id()
                        + "'; if the pipeline ran while the file was changed, start it again before.",
                null));
    }

    private Optional<TidemarkException> omittedKey(SourceTable whole, SourceTable table) {
        List<String> lost = whole.schema().key().stream()
                .filter(column -> table.schema().indexOf(column) < 0)
                .toList();
        return lost.isEmpty()
                ? Optional.empty()
                : Optional.of(invalid(
                        table.id(),
                        "a column of its key cannot be left out (columns=" + String.join(", ", lost) + ")"));
    }

    private Optional<TidemarkException> unfit(SourceTable table) {
        MirrorShape shape = shape(table.id());
        try {
            LatestBy.of(new LakeTableSpec(shape.schema(table.schema()), List.of(), DeleteMode.HARD, shape.latestBy()));
        } catch (TidemarkException e) {
            return Optional.of(e);
        }
        boolean matchesWholeRows = !table.schema().hasKey() && table.schema().beforeImage() == BeforeImage.FULL;
        List<String> ofChange = shape.added().stream()
                .filter(column -> !column.content().isOfRow())
                .map(AddedColumn::name)
                .toList();
        if (matchesWholeRows && !ofChange.isEmpty()) {
            return Optional.of(invalid(
                    table.id(),
                    "it has no key, so that its old rows are found by all their values, which columns that hold something of the"
                            + " change would prevent (columns=" + String.join(", ", ofChange) + ")"));
        }
        boolean isSoft = config.findRule(table.id()).map(TableRule::deletes).orElse(DeleteMode.HARD) == DeleteMode.SOFT;
        if (isSoft
                && !table.scope().rows().isEmpty()
                && table.schema().hasKey()
                && table.schema().beforeImage() != BeforeImage.FULL) {
            return Optional.of(invalid(
                    table.id(),
                    "where beside delete: soft needs REPLICA IDENTITY FULL: a row that comes back into the filter would take values that"
                            + " the update does not send from its deleted row, and they may be old"));
        }
        if (shape.latestBy() != null
                && source instanceof LogSource
                && table.schema().beforeImage() != BeforeImage.FULL) {
            return Optional.of(
                    invalid(
                            table.id(),
                            "latest-by needs REPLICA IDENTITY FULL: updates have to come with all values, so that a row is the latest as a whole"));
        }
        if (table.schema().columns().isEmpty()) {
            return Optional.of(invalid(table.id(), "all of its columns are left out"));
        }
        return Optional.empty();
    }

    private Optional<TidemarkException> taken(TableId table, List<TableRecord> registered) {
        TableId mirror = shape(table).table();
        if (mirror.equals(table)) {
            // A table keeps its own name; the other one is told so.
            return Optional.empty();
        }
        return registered.stream()
                .filter(other -> other.state() != TableState.DROPPED)
                .filter(other -> !other.id().equals(table) && other.mirror().equals(mirror))
                .filter(other -> other.load() != null
                        || other.id().equals(mirror)
                        || other.id().compareTo(table) < 0)
                .findFirst()
                .map(other -> invalid(
                        table,
                        "its mirror would be named " + mirror + ", as that of " + other.id()
                                + " is; change the transformations"));
    }

    private TidemarkException invalid(TableId table, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot mirror table " + table + " as configured: " + reason + " (file="
                        + config.file().getFileName() + ")",
                "Correct the configuration, start the pipeline again, and run 'tidemark resync " + table + "'.",
                null);
    }
}
