package io.tidemark.engine.config;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.PartitionedSourceProvider;
import io.tidemark.spi.source.SupportsRemoteJobs;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the installed plug-ins declare, by their type; a plug-in is asked when its type is.
 *
 * @param sources settings of each type of source
 * @param lakes settings of each type of lake
 * @param metastores settings of each type of metadata store
 * @param jobRunners settings of each type of job runner
 * @param catalogs settings of each type of catalog
 * @param typeRefusals what each type of source says to a wanted type
 * @param remoteJobs whether jobs on Spark know a type of source, which is asked for installed ones only
 * @param partitioned whether a type of source has partitions, likewise
 * @param secrets reads a secret by name, by the type of the store that has it
 */
public record PluginSettings(
        Map<String, Supplier<List<Setting<?>>>> sources,
        Map<String, Supplier<List<Setting<?>>>> lakes,
        Map<String, Supplier<List<Setting<?>>>> metastores,
        Map<String, Supplier<List<Setting<?>>>> jobRunners,
        Map<String, Supplier<List<Setting<?>>>> catalogs,
        Map<String, TypeRefusal> typeRefusals,
        Predicate<String> remoteJobs,
        Predicate<String> partitioned,
        Map<String, UnaryOperator<String>> secrets) {
    public PluginSettings {
        sources = Collections.unmodifiableMap(new TreeMap<>(sources));
        lakes = Collections.unmodifiableMap(new TreeMap<>(lakes));
        metastores = Collections.unmodifiableMap(new TreeMap<>(metastores));
        jobRunners = Collections.unmodifiableMap(new TreeMap<>(jobRunners));
        catalogs = Collections.unmodifiableMap(new TreeMap<>(catalogs));
        typeRefusals = Map.copyOf(typeRefusals);
        secrets = Map.copyOf(secrets);
    }

    /** Why a type of the source cannot be carried as wanted, unless it can. */
    @FunctionalInterface
    public interface TypeRefusal {
        Optional<String> refusal(String sourceType, ColumnType wanted);
    }

    /** Why a type of this source cannot be carried as wanted; empty when it can, or the source is not known. */
    Optional<String> refusal(String source, String sourceType, ColumnType wanted) {
        TypeRefusal rule = typeRefusals.get(source);
        return rule == null ? Optional.empty() : rule.refusal(sourceType, wanted);
    }

    /** Why tables of this source cannot be applied by jobs on Spark: the rest of a sentence. Empty when they can, or the source is not known. */
    Optional<String> remoteRefusal(String source) {
        return !sources.containsKey(source) || remoteJobs.test(source)
                ? Optional.empty()
                : Optional.of("jobs on Spark do not have the plug-in of source.type " + source
                        + "; take the line out, and the worker's own process applies the table");
    }

    /**
     * Why slices of this source cannot be cut by the times of events: the rest of a sentence. Empty when they can, or the source is not known.
     */
    Optional<String> eventTimeRefusal(String source) {
        return !sources.containsKey(source) || partitioned.test(source)
                ? Optional.empty()
                : Optional.of("cannot be event-time: source.type " + source
                        + " has one order, that of its commits, and its slices are cut along it; take the line out");
    }

    public static PluginSettings of(Plugins plugins) {
        Map<String, TypeRefusal> refusals = new TreeMap<>();
        plugins.sourceTypes()
                .forEach(type -> refusals.put(
                        type, (sourceType, wanted) -> plugins.source(type).refusal(sourceType, wanted)));
        return new PluginSettings(
                byType(plugins.sourceTypes(), type -> plugins.source(type).settings()),
                byType(plugins.lakeTypes(), type -> plugins.lake(type).settings()),
                byType(plugins.metastoreTypes(), type -> plugins.metastore(type).settings()),
                byType(plugins.jobRunnerTypes(), type -> plugins.jobRunner(type).settings()),
                byType(plugins.catalogTypes(), type -> plugins.catalog(type).settings()),
                refusals,
                type -> plugins.source(type) instanceof SupportsRemoteJobs,
                type -> plugins.source(type) instanceof PartitionedSourceProvider,
                secrets(plugins));
    }

    private static Map<String, UnaryOperator<String>> secrets(Plugins plugins) {
        Map<String, UnaryOperator<String>> secrets = new TreeMap<>();
        plugins.secretStoreTypes()
                .forEach(type ->
                        secrets.put(type, name -> plugins.secretStore(type).read(name)));
        return secrets;
    }

    private static Map<String, Supplier<List<Setting<?>>>> byType(
            List<String> types, Function<String, List<Setting<?>>> settings) {
        Map<String, Supplier<List<Setting<?>>>> byType = new TreeMap<>();
        types.forEach(type -> byType.put(type, () -> settings.apply(type)));
        return byType;
    }
}
