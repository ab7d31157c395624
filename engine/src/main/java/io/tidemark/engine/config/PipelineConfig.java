package io.tidemark.engine.config;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
 * @param slices how time slices are cut and kept
 * @param types wanted type per type of the source
 * @param badValues what happens to rows with a value that does not fit its column, unless a rule says otherwise
 * @param tables rules that select tables; the first that matches decides
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
        SliceConfig slices,
        Map<String, ColumnType> types,
        BadValues badValues,
        List<TableRule> tables,
        LimitConfig limits) {
    public PipelineConfig {
        types = Map.copyOf(types);
        tables = List.copyOf(tables);
    }

    /** The rule that selects a table, unless it is left out: the first that matches decides. */
    public Optional<TableRule> findRule(TableId table) {
        return tables.stream().filter(rule -> rule.matches(table)).findFirst().filter(TableRule::include);
    }

    /** What happens to rows of the table with a value that does not fit its column. */
    public BadValues badValues(TableId table) {
        return findRule(table).map(TableRule::badValues).orElse(badValues);
    }
}
