package io.tidemark.engine.config;

import java.nio.file.Path;
import java.util.List;

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
        List<TableRule> tables,
        LimitConfig limits) {
    public PipelineConfig {
        tables = List.copyOf(tables);
    }
}
