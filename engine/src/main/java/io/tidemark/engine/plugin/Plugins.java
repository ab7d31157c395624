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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The installed plug-ins by type: those on the class path, and lakes in folders of their own, which are opened when they are asked for. */
public final class Plugins {
    private final Map<String, SourceProvider> sources = byType(SourceProvider.class, SourceProvider::type);
    private final Map<String, LakeProvider> lakes = byType(LakeProvider.class, LakeProvider::type);
    private final Map<String, MetadataStoreProvider> metastores =
            byType(MetadataStoreProvider.class, MetadataStoreProvider::type);
    private final Map<String, JobRunnerProvider> jobRunners = byType(JobRunnerProvider.class, JobRunnerProvider::type);
    private final PluginFolders folders;

    /** The folders are those that the launcher names. */
    public Plugins() {
        this(PluginFolders.ofLauncher());
    }

    Plugins(PluginFolders folders) {
        this.folders = folders;
    }

    public SourceProvider source(String type) {
        return required(sources, "source", type, sourceTypes());
    }

    public LakeProvider lake(String type) {
        if (!lakes.containsKey(type) && folders.types().contains(type)) {
            return folders.lake(type);
        }
        return required(lakes, "lake", type, lakeTypes());
    }

    public MetadataStoreProvider metastore(String type) {
        return required(metastores, "metadata store", type, metastoreTypes());
    }

    public JobRunnerProvider jobRunner(String type) {
        return required(jobRunners, "job runner", type, jobRunnerTypes());
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

    /** Does not open the folders. */
    public List<String> lakeTypes() {
        Set<String> types = new TreeSet<>(lakes.keySet());
        types.addAll(folders.types());
        return List.copyOf(types);
    }

    public List<String> metastoreTypes() {
        return List.copyOf(metastores.keySet());
    }

    public List<String> jobRunnerTypes() {
        return List.copyOf(jobRunners.keySet());
    }

    private static <T> T required(Map<String, T> plugins, String what, String type, List<String> known) {
        T found = plugins.get(type);
        if (found == null) {
            throw new TidemarkException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    "Cannot use " + what + " of type '" + type + "': no such plug-in (known=" + known + ")");
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
