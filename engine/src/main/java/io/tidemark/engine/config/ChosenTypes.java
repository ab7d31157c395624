package io.tidemark.engine.config;

import io.tidemark.engine.config.PluginSettings.TypeRefusal;
import io.tidemark.engine.config.TableRule.ColumnChoice;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Types that the configuration wants columns to be carried as, held against the tables that there are. */
public final class ChosenTypes {
    private final PipelineConfig config;
    private final TypeRefusal refusals;

    public ChosenTypes(PipelineConfig config, TypeRefusal refusals) {
        this.config = config;
        this.refusals = refusals;
    }

    /** What the source is told. The reader has refused columns beside a wildcard: which tables there are is not known then. */
    public static TypeChoices of(PipelineConfig config) {
        Map<TableId, Map<String, ColumnType>> columns = new HashMap<>();
        for (TableRule rule : config.tables()) {
            rule.pattern().exact().ifPresent(table -> columns.computeIfAbsent(table, found -> new HashMap<>()));
        }
        config.transformations().stream()
                .filter(transformation -> transformation.kind() == Transformation.Kind.RETYPE)
                .flatMap(transformation -> transformation.tables().exact().stream())
                .forEach(table -> columns.computeIfAbsent(table, found -> new HashMap<>()));
        columns.forEach((table, chosen) ->
                config.columns(table).forEach((column, choice) -> chosen.put(column, choice.type())));
        return new TypeChoices(config.types(), columns);
    }

    /** Why a choice for a column of the table cannot be followed; the source has followed those that can be. */
    public Optional<TidemarkException> problem(SourceTable table) {
        Map<String, ColumnChoice> chosen = config.columns(table.id());
        for (Map.Entry<String, ColumnChoice> entry : new java.util.TreeMap<>(chosen).entrySet()) {
            String name = entry.getKey();
            ColumnType wanted = entry.getValue().type();
            int index = table.schema().indexOf(name);
            if (index < 0) {
                return Optional.of(invalid(table, entry.getValue(), name, missing(name, table.schema())));
            }
            Column column = table.schema().columns().get(index);
            if (!column.type().equals(wanted)) {
                String reason = refusals.refusal(column.sourceType(), wanted)
                        .orElse("cannot be " + wanted + ": it is of type " + column.sourceType());
                return Optional.of(invalid(table, entry.getValue(), name, reason));
            }
        }
        return Optional.empty();
    }

    /** Whether a column can be carried as string. */
    public boolean canBeString(Column column) {
        return refusals.refusal(column.sourceType(), ColumnType.STRING).isEmpty();
    }

    /** Why a table that is loaded cannot go on with the types that are chosen now. */
    public Optional<TidemarkException> change(RowSchema registered, RowSchema found) {
        for (Column column : registered.columns()) {
            int index = found.indexOf(column.name());
            if (index < 0) {
                continue;
            }
            Column now = found.columns().get(index);
            // A mirror that was loaded with text goes on so where there is a nested type now that nobody chose.
            boolean isKept = column.type().equals(ColumnType.STRING)
                    && now.type().isNested()
                    && !isChosen(registered.table(), now);
            if (hasSameSource(column, now) && !now.type().equals(column.type()) && !isKept) {
                TableId table = registered.table();
                return Optional.of(new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot go on with table " + table
                                + ": its mirror was loaded with another type of a column than the"
                                + " configuration wants (column=" + column.name() + ", loaded=" + column.type()
                                + ", wanted="
                                + now.type() + ", file=" + config.file().getFileName() + ")",
                        "Run 'tidemark resync " + table
                                + "' to load it as wanted, or take the change back and run 'tidemark resume " + table
                                + "'; if the pipeline ran while the file was changed, start it again before.",
                        null));
            }
        }
        return Optional.empty();
    }

    private boolean isChosen(TableId table, Column column) {
        ColumnChoice choice = config.columns(table).get(column.name());
        return (choice != null && choice.type().equals(column.type()))
                || config.types().containsValue(column.type());
    }

    /** The name of a composite type that is carried as a struct is followed by its fields, which that of one carried as text is not. */
    private static boolean hasSameSource(Column registered, Column now) {
        if (!registered.type().hasStruct() || !now.type().equals(ColumnType.STRING)) {
            return now.sourceType().equals(registered.sourceType());
        }
        String longer;
        String type = registered.sourceType();
        do {
            longer = type;
            type = longer.replaceAll("( of [^()]*)?\\([^()]*\\)", "");
        } while (!type.equals(longer));
        return now.sourceType().equals(type);
    }

    private TidemarkException invalid(SourceTable table, ColumnChoice choice, String column, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot carry table " + table.id() + " as configured: "
                        + config.file().getFileName() + ":" + choice.line() + ": columns." + column + " " + reason,
                "Correct the line, start the pipeline again, and run 'tidemark resync " + table.id() + "'.",
                null);
    }

    private static String missing(String name, RowSchema schema) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        return "is no column of the table"
                + NearestName.of(name, names)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; it has " + String.join(", ", names));
    }
}
