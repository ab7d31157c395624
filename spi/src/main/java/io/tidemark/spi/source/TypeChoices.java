package io.tidemark.spi.source;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the user wants columns to be carried as, where it is not the type that the source plug-in would take. A choice for a column goes before
 * one for its type. A column that is registered already keeps the type it is registered with, whatever is chosen now.
 *
 * @param types wanted type by the source's name of a type
 * @param columns wanted type by table and column
 */
public record TypeChoices(Map<String, ColumnType> types, Map<TableId, Map<String, ColumnType>> columns) {
    /** Every column as the source plug-in takes it. */
    public static final TypeChoices NONE = new TypeChoices(Map.of(), Map.of());

    public TypeChoices {
        types = Map.copyOf(types);
        Map<TableId, Map<String, ColumnType>> copied = new HashMap<>();
        columns.forEach((table, chosen) -> copied.put(table, Map.copyOf(chosen)));
        columns = Map.copyOf(copied);
    }

    /** The type chosen for the column itself. */
    public Optional<ColumnType> find(TableId table, String column) {
        return Optional.ofNullable(columns.getOrDefault(table, Map.of()).get(column));
    }
}
