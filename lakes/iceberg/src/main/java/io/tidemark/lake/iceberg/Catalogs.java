package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.commit.CatalogFailures;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.storage.LakeStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Opens the catalog: Iceberg's own JDBC catalog in a SQLite file, or whatever the properties name. */
final class Catalogs {
    private static final String NAME = "tidemark";
    private static final String DATABASE = "catalog.db";
    private static final String SQLITE = "jdbc:sqlite:";

    private Catalogs() {}

    static Catalog open(LakeStorage storage, Path state) {
        String root = storage.root();
        Map<String, String> properties = new HashMap<>(storage.properties());
        if (!isType(properties, CatalogUtil.ICEBERG_CATALOG_TYPE_REST)) {
            // For a REST catalog this is not a location but a name, which only its user knows.
            properties.putIfAbsent(CatalogProperties.WAREHOUSE_LOCATION, root);
        }
        boolean isConfigured = properties.containsKey(CatalogUtil.ICEBERG_CATALOG_TYPE)
                || properties.containsKey(CatalogProperties.CATALOG_IMPL);
        if (!isConfigured) {
            embed(properties, state);
        }
        try {
            return isConfigured ? configured(properties) : jdbc(properties);
        } catch (TidemarkException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open the catalog: " + e.getMessage() + " (location=" + root + ")",
                    e);
        } catch (RuntimeException e) {
            throw CatalogFailures.of("Cannot open the catalog", " (location=" + root + ")", e);
        }
    }

    private static boolean isType(Map<String, String> properties, String type) {
        return type.equalsIgnoreCase(properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE));
    }

    private static Catalog configured(Map<String, String> properties) {
        CatalogKind.require(properties);
        boolean isJdbc = isType(properties, CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC)
                && !properties.containsKey(CatalogProperties.CATALOG_IMPL);
        if (isJdbc) {
            return jdbc(properties);
        }
        try {
            return CatalogUtil.buildIcebergCatalog(NAME, properties, null);
        } catch (LinkageError e) {
            throw CatalogKind.missing(properties, e);
        }
    }

    private static Catalog jdbc(Map<String, String> properties) {
        String uri = properties.get(CatalogProperties.URI);
        if (uri == null) {
            throw new IllegalArgumentException("a catalog of type jdbc needs the property uri");
        } else if (uri.startsWith(SQLITE)) {
            tuneSqlite(properties);
        }
        CatalogConnections connections = new CatalogConnections(properties);
        JdbcCatalog catalog = new JdbcCatalog(null, ignored -> connections, true);
        catalog.initialize(NAME, properties);
        connections.keepConnections();
        return catalog;
    }

    private static void embed(Map<String, String> properties, Path state) {
        try {
            Files.createDirectories(state);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_NOT_WRITABLE,
                    "Cannot make the state folder: " + e.getMessage() + " (state=" + state + ")",
                    e);
        }
        properties.put(CatalogProperties.URI, SQLITE + state.toAbsolutePath().resolve(DATABASE));
    }

    /**
     * A catalog in a SQLite file has a write-ahead log, so that readers of other processes do not wait for a commit. Its newest commits may be lost
     * in a power failure: the table is then at an older version, and the slices after that are applied again.
     */
    private static void tuneSqlite(Map<String, String> properties) {
        properties.putIfAbsent("jdbc.schema-version", "V1");
        properties.putIfAbsent("jdbc.journal_mode", "WAL");
        properties.putIfAbsent("jdbc.synchronous", "NORMAL");
        properties.putIfAbsent("jdbc.busy_timeout", "30000");
        properties.putIfAbsent(CatalogProperties.CLIENT_POOL_SIZE, "4");
    }
}
