package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.commit.CatalogFailures;
import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.rest.CatalogRoutes;
import io.tidemark.lake.iceberg.rest.CatalogServer;
import io.tidemark.lake.iceberg.schema.IcebergSchemas;
import io.tidemark.lake.upsert.KeyIndexes;
import io.tidemark.lake.upsert.MirrorTable;
import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.lake.upsert.table.TableFolders;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeLocation;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.lake.SupportsCatalogEndpoint;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.storage.LakeStorage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/**
 * Mirror tables in an Iceberg catalog. The source's schema is the namespace and its table the table; files are under {@code mirror/} in the lake's
 * root.
 */
final class IcebergLake implements Lake, SupportsCatalogEndpoint {
    private static final String MAKING = "_tidemark_load";

    private final LakeStorage storage;
    private final Settings settings;
    private final KeyIndexes indexes;
    private final LakeOptions options;
    private final Catalog catalog;

    private IcebergLake(LakeStorage storage, Settings settings, Path state, LakeOptions options, Catalog catalog) {
        this.storage = storage;
        this.settings = settings;
        this.indexes = new KeyIndexes(state);
        this.options = options;
        this.catalog = catalog;
    }

    static IcebergLake open(String location, Settings settings, Path state, LakeOptions options) {
        LakeStorage storage = LakeStorage.of(location, settings);
        return new IcebergLake(storage, settings, state, options, Catalogs.open(storage, state));
    }

    @Override
    public List<Finding> check() {
        List<Finding> findings =
                new ArrayList<>(List.of(LakeLocation.check(storage.root(), storage::open), checkCatalog()));
        checkEndpoint().ifPresent(findings::add);
        return findings;
    }

    @Override
    public Optional<LakeTable> find(TableId table) {
        return load(table)
                .flatMap(found -> SpecProperties.find(found.properties()).map(spec -> opened(spec, found)));
    }

    @Override
    public LakeTable openLoad(LakeTableSpec spec) {
        TableId table = spec.schema().table();
        LatestBy.of(spec);
        Optional<Table> mirror = load(table);
        if (mirror.isPresent()
                && SpecProperties.find(mirror.orElseThrow().properties()).isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot create the mirror of " + table + ": the catalog has a table of that name");
        }
        Optional<Table> begun = load(making(table), table);
        if (begun.isPresent()) {
            if (SpecProperties.find(begun.orElseThrow().properties())
                    .filter(spec::equals)
                    .isPresent()) {
                return opened(spec, begun.orElseThrow());
            }
            call("drop a mirror in the making of " + table, () -> catalog.dropTable(making(table), true));
        }
        Table created = call("create the mirror of " + table, () -> {
            TableCreation creation = new TableCreation(
                    catalog,
                    spec,
                    settings.value(IcebergSettings.DELETES),
                    options.upkeep().clock());
            return creation.create(making(table), freeFolder(table, mirror));
        });
        return opened(spec, created);
    }

    /** Of two folders the one that the mirror is not in. */
    private String freeFolder(TableId table, Optional<Table> mirror) {
        String folder = storage.root() + "/mirror/" + TableFolders.of(table);
        boolean isTaken = mirror.map(Table::location).filter(folder::equals).isPresent();
        return isTaken ? folder + ".2" : folder;
    }

    @Override
    public void publish(TableId table, String loadId) {
        Optional<Table> made = load(making(table), table);
        Optional<Table> mirror = load(table);
        if (made.isEmpty() && mirror.filter(found -> isLoadedBy(found, loadId)).isPresent()) {
            return;
        }
        if (made.filter(found -> isLoadedBy(found, loadId)).isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot publish the mirror of " + table + ": another load took over (load=" + loadId + ")");
        }
        call("publish the mirror of " + table, () -> {
            // Files go last: a crash before leaves files that nobody needs, never a mirror without its files.
            mirror.ifPresent(old -> catalog.dropTable(identifier(table), false));
            catalog.renameTable(making(table), identifier(table));
            mirror.ifPresent(IcebergLake::deleteFiles);
            return table;
        });
    }

    private static boolean isLoadedBy(Table table, String loadId) {
        LakeProgress progress =
                ProgressSummary.read(((HasTableOperations) table).operations().current());
        return progress.loaded() && progress.loadId().equals(loadId);
    }

    private static void deleteFiles(Table table) {
        CatalogUtil.dropTableData(
                table.io(), ((HasTableOperations) table).operations().current());
    }

    @Override
    public void drop(TableId table) {
        if (find(table).isPresent()) {
            call("drop the mirror of " + table, () -> catalog.dropTable(identifier(table), true));
        }
        if (load(making(table), table).isPresent()) {
            call("drop a mirror in the making of " + table, () -> catalog.dropTable(making(table), true));
        }
        indexes.delete(table);
    }

    @Override
    public List<TableId> tables() {
        return call("list mirrors", () -> {
            List<TableId> tables = new ArrayList<>();
            for (Namespace namespace : namespaces()) {
                for (TableIdentifier identifier : catalog.listTables(namespace)) {
                    SpecProperties.find(catalog.loadTable(identifier).properties())
                            .map(spec -> spec.schema().table())
                            .filter(table -> table.name().equals(identifier.name()))
                            .ifPresent(tables::add);
                }
            }
            tables.sort(null);
            return tables;
        });
    }

    @Override
    public Optional<CatalogEndpoint> openCatalogEndpoint() {
        return settings.find(IcebergSettings.SERVE)
                .map(address -> CatalogServer.open(
                        address,
                        settings.find(IcebergSettings.SERVE_TOKEN),
                        new CatalogRoutes(catalog, MAKING, settings.properties())));
    }

    @Override
    public void close() {
        if (catalog instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                throw TidemarkException.ofStorage("Cannot close the catalog", e);
            }
        }
        indexes.close();
    }

    private LakeTable opened(LakeTableSpec spec, Table table) {
        if (!IcebergSchemas.holds(table.schema(), spec)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot open the mirror of " + spec.schema().table() + ": another program changed its columns");
        }
        IcebergStore store = new IcebergStore(spec, ((HasTableOperations) table).operations(), options.upkeep());
        return new MirrorTable(
                store,
                () -> indexes.open(spec.schema().table()),
                options.limits(),
                options.upkeep().compaction());
    }

    private Optional<Table> load(TableId table) {
        return load(identifier(table), table);
    }

    private Optional<Table> load(TableIdentifier identifier, TableId table) {
        return call("find the mirror of " + table, () -> {
            try {
                return Optional.of(catalog.loadTable(identifier));
            } catch (NoSuchTableException | NoSuchNamespaceException e) {
                return Optional.empty();
            }
        });
    }

    private List<Namespace> namespaces() {
        List<Namespace> all = new ArrayList<>();
        if (catalog instanceof SupportsNamespaces namespaces) {
            // A schema whose name holds a dot comes back as a namespace of two levels.
            List<Namespace> open = new ArrayList<>(namespaces.listNamespaces());
            while (!open.isEmpty()) {
                Namespace namespace = open.remove(open.size() - 1);
                all.add(namespace);
                open.addAll(namespaces.listNamespaces(namespace));
            }
        }
        return all;
    }

    private Finding checkCatalog() {
        try {
            int namespaces = namespaces().size();
            return Finding.ok("lake catalog", catalog.name() + " answers (namespaces=" + namespaces + ")");
        } catch (RuntimeException e) {
            TidemarkException failure = CatalogFailures.of("Cannot list namespaces", e);
            return Finding.failed(failure.code(), "lake catalog", failure.reason(), failure.remedy());
        }
    }

    private Optional<Finding> checkEndpoint() {
        return settings.find(IcebergSettings.SERVE).map(address -> {
            try {
                CatalogServer.required(address, settings.find(IcebergSettings.SERVE_TOKEN));
                return Finding.ok("lake endpoint", "'tidemark run' serves the catalog at " + address);
            } catch (TidemarkException e) {
                return Finding.failed(e.code(), "lake endpoint", e.reason(), e.remedy());
            }
        });
    }

    private static TableIdentifier identifier(TableId table) {
        return TableIdentifier.of(Namespace.of(table.schema()), table.name());
    }

    /** Where the mirror is made, beside the place where it will be. */
    private static TableIdentifier making(TableId table) {
        return TableIdentifier.of(Namespace.of(table.schema()), table.name() + MAKING);
    }

    private static <T> T call(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (TidemarkException e) {
            throw e;
        } catch (RuntimeException e) {
            throw CatalogFailures.of("Cannot " + what, e);
        }
    }
}
