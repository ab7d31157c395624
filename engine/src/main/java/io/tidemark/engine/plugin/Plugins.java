package io.tidemark.engine.plugin;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.item.ItemStoreProvider;
import io.tidemark.spi.job.JobRunnerProvider;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.lake.MirrorCatalogProvider;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import io.tidemark.spi.query.QueryEngineProvider;
import io.tidemark.spi.secret.SecretStore;
import io.tidemark.spi.slice.SliceLogProvider;
import io.tidemark.spi.source.SourceProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The installed plug-ins by type: those of Tidemark itself, and those in folders of their own, which are opened when they are asked for. */
public final class Plugins {
    private final Kind<SourceProvider> sources;
    private final Kind<LakeProvider> lakes;
    private final Kind<MetadataStoreProvider> metastores;
    private final Kind<JobRunnerProvider> jobRunners;
    private final Kind<MirrorCatalogProvider> catalogs;
    private final Kind<ItemStoreProvider> itemStores;
    private final Kind<SecretStore> secretStores;

    /** The folders are those that the launcher names. */
    public Plugins() {
        this(PluginFolders.ofLauncher());
    }

    Plugins(PluginFolders folders) {
        this.sources = new Kind<>("source", SourceProvider.class, SourceProvider::type, folders);
        this.lakes = new Kind<>("lake", LakeProvider.class, LakeProvider::type, folders);
        this.metastores =
                new Kind<>("metadata store", MetadataStoreProvider.class, MetadataStoreProvider::type, folders);
        this.jobRunners = new Kind<>("job runner", JobRunnerProvider.class, JobRunnerProvider::type, folders);
        this.catalogs = new Kind<>("mirror catalog", MirrorCatalogProvider.class, MirrorCatalogProvider::type, folders);
        this.itemStores = new Kind<>("item store", ItemStoreProvider.class, ItemStoreProvider::type, folders);
        this.secretStores = new Kind<>("secret store", SecretStore.class, SecretStore::type, folders);
    }

    public SourceProvider source(String type) {
        return sources.get(type);
    }

    public LakeProvider lake(String type) {
        return lakes.get(type);
    }

    public MetadataStoreProvider metastore(String type) {
        return metastores.get(type);
    }

    public JobRunnerProvider jobRunner(String type) {
        return jobRunners.get(type);
    }

    public MirrorCatalogProvider catalog(String type) {
        return catalogs.get(type);
    }

    public ItemStoreProvider itemStore(String type) {
        return itemStores.get(type);
    }

    public SecretStore secretStore(String type) {
        return secretStores.get(type);
    }

    public SliceLogProvider sliceLog() {
        return only(SliceLogProvider.class, "slice log");
    }

    public QueryEngineProvider queryEngine() {
        return only(QueryEngineProvider.class, "query engine");
    }

    public List<String> sourceTypes() {
        return sources.types();
    }

    /** Opens no folder, as all lists of types. */
    public List<String> lakeTypes() {
        return lakes.types();
    }

    public List<String> metastoreTypes() {
        return metastores.types();
    }

    public List<String> jobRunnerTypes() {
        return jobRunners.types();
    }

    public List<String> catalogTypes() {
        return catalogs.types();
    }

    public List<String> secretStoreTypes() {
        return secretStores.types();
    }

    private static <T> T only(Class<T> contract, String what) {
        return OwnJars.services(contract)
                .findFirst()
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.PLUGIN_NOT_FOUND, "Cannot find a " + what + ": no plug-in is installed"));
    }

    /** Plug-ins of one contract. */
    private static final class Kind<T> {
        private final String name;
        private final Class<T> contract;
        private final Function<T, String> typeOf;
        private final PluginFolders folders;
        private final Map<String, T> present = new TreeMap<>();

        Kind(String name, Class<T> contract, Function<T, String> typeOf, PluginFolders folders) {
            this.name = name;
            this.contract = contract;
            this.typeOf = typeOf;
            this.folders = folders;
            OwnJars.services(contract).forEach(plugin -> present.put(typeOf.apply(plugin), plugin));
        }

        T get(String type) {
            T found = present.get(type);
            if (found != null) {
                return found;
            }
            return folders.find(name, type, contract, typeOf)
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.PLUGIN_NOT_FOUND,
                            "Cannot use " + name + " of type '" + type + "': no such plug-in (known=" + types() + ")"));
        }

        List<String> types() {
            Set<String> types = new TreeSet<>(present.keySet());
            types.addAll(folders.types(name));
            return List.copyOf(types);
        }
    }
}
