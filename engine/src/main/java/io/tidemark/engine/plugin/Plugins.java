package io.tidemark.engine.plugin;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.job.JobRunnerProvider;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import io.tidemark.spi.query.QueryEngineProvider;
import io.tidemark.spi.slice.SliceLogProvider;
import io.tidemark.spi.source.SourceProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/** The plug-ins on the class path, by type. */
public final class Plugins {
    private final Map<String, SourceProvider> sources = byType(SourceProvider.class, SourceProvider::type);
    private final Map<String, LakeProvider> lakes = byType(LakeProvider.class, LakeProvider::type);
    private final Map<String, MetadataStoreProvider> metastores =
            byType(MetadataStoreProvider.class, MetadataStoreProvider::type);

    private final Map<String, JobRunnerProvider> jobRunners = byType(JobRunnerProvider.class, JobRunnerProvider::type);

    public SourceProvider source(String type) {
        return required(sources, "source", type);
    }

    public LakeProvider lake(String type) {
        return required(lakes, "lake", type);
    }

    public MetadataStoreProvider metastore(String type) {
        return required(metastores, "metadata store", type);
    }

    public JobRunnerProvider jobRunner(String type) {
        return required(jobRunners, "job runner", type);
    }

    public SliceLogProvider sliceLog() {
        return only(SliceLogProvider.class, "slice log");
    }

    public QueryEngineProvider queryEngine() {
        return only(QueryEngineProvider.class, "query engine");
    }

    public List<String> sourceTypes() {
        return List.copyOf(sources.keySet());
    }

    public List<String> lakeTypes() {
        return List.copyOf(lakes.keySet());
    }

    public List<String> metastoreTypes() {
        return List.copyOf(metastores.keySet());
    }

    public List<String> jobRunnerTypes() {
        return List.copyOf(jobRunners.keySet());
    }

    private static <T> T required(Map<String, T> plugins, String what, String type) {
        T found = plugins.get(type);
        if (found == null) {
            throw new TidemarkException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    "Cannot use " + what + " of type '" + type + "': no such plug-in (known=" + plugins.keySet() + ")");
        }
        return found;
    }

    private static <T> T only(Class<T> contract, String what) {
        return ServiceLoader.load(contract)
                .findFirst()
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.PLUGIN_NOT_FOUND, "Cannot find a " + what + ": no plug-in is installed"));
    }

    private static <T> Map<String, T> byType(Class<T> contract, Function<T, String> type) {
        Map<String, T> found = new TreeMap<>();
        ServiceLoader.load(contract).forEach(plugin -> found.put(type.apply(plugin), plugin));
        return found;
    }
}
