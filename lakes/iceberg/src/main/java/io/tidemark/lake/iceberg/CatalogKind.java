package io.tidemark.lake.iceberg;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.IcebergBuild;
import org.jspecify.annotations.Nullable;

/**
 * Catalogs that Iceberg knows by a type, with the jars that they need. Names are those of Iceberg's {@link CatalogUtil#buildIcebergCatalog}.
 */
enum CatalogKind {
    REST(CatalogUtil.ICEBERG_CATALOG_REST, iceberg("iceberg-core")),
    JDBC(CatalogUtil.ICEBERG_CATALOG_JDBC, iceberg("iceberg-core")),
    /** Its own class is there with Iceberg's access to S3; the service's is not. */
    GLUE("software.amazon.awssdk.services.glue.GlueClient", "software.amazon.awssdk:glue of the SDK's version"),
    HIVE(
            CatalogUtil.ICEBERG_CATALOG_HIVE,
            iceberg("iceberg-hive-metastore, with Apache Hive's hive-metastore and what that needs")),
    NESSIE(
            CatalogUtil.ICEBERG_CATALOG_NESSIE,
            iceberg("iceberg-nessie, with Project Nessie's nessie-client and what that needs"));

    private final String needed;
    private final String jars;

    /**
     * @param needed the class without which it is not installed
     * @param jars what holds it
     */
    CatalogKind(String needed, String jars) {
        this.needed = needed;
        this.jars = jars;
    }

    private static String iceberg(String artifacts) {
        return "org.apache.iceberg:" + artifacts + " of Iceberg's version " + IcebergBuild.version();
    }

    /**
     * Tests that the catalog which the properties name is installed.
     *
     * @throws TidemarkException {@code CONFIG_INVALID} for a type that is not known, {@code PLUGIN_NOT_FOUND} when its classes are missing
     */
    static void require(Map<String, String> properties) {
        String implementation = properties.get(CatalogProperties.CATALOG_IMPL);
        if (implementation != null) {
            if (!isInstalled(implementation)) {
                throw missing(properties, "the jar with the class " + implementation + ", and what it needs,", null);
            }
            return;
        }
        String type = properties.getOrDefault(CatalogUtil.ICEBERG_CATALOG_TYPE, "");
        CatalogKind kind = of(type);
        if (!isInstalled(kind.needed)) {
            throw kind.missing(type, null);
        }
    }

    /** The error for a class that turned out to be missing while the catalog was opened. */
    static TidemarkException missing(Map<String, String> properties, LinkageError error) {
        String type = properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE);
        return type == null
                ? missing(
                        properties, "the jars that " + properties.get(CatalogProperties.CATALOG_IMPL) + " needs", error)
                : of(type).missing(type, error);
    }

    private static CatalogKind of(String type) {
        for (CatalogKind kind : values()) {
            if (kind.name().equalsIgnoreCase(type)) {
                return kind;
            }
        }
        String reason = type.equalsIgnoreCase(CatalogUtil.ICEBERG_CATALOG_TYPE_HADOOP)
                ? "a catalog of type hadoop cannot rename a table, which is how a loaded mirror takes its place"
                : "type " + type + " is not known (known="
                        + Arrays.stream(values())
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + "; for others name their class with catalog-impl)";
        throw new TidemarkException(ErrorCode.CONFIG_INVALID, "Cannot open the catalog: " + reason);
    }

    private TidemarkException missing(String type, @Nullable LinkageError error) {
        return missing(Map.of(CatalogUtil.ICEBERG_CATALOG_TYPE, type), "the jars of " + jars, error);
    }

    private static TidemarkException missing(
            Map<String, String> properties, String jars, @Nullable LinkageError error) {
        String key = properties.containsKey(CatalogUtil.ICEBERG_CATALOG_TYPE)
                ? CatalogUtil.ICEBERG_CATALOG_TYPE
                : CatalogProperties.CATALOG_IMPL;
        return new TidemarkException(
                ErrorCode.PLUGIN_NOT_FOUND,
                "Cannot open the catalog: its classes are not installed (" + key + "=" + properties.get(key)
                        + (error == null ? "" : ", missing=" + error.getMessage()) + ")",
                "Put " + jars + " into the folder lib of the installation, beside tidemark's own jars.",
                error);
    }

    private static boolean isInstalled(String name) {
        try {
            Class.forName(name, false, CatalogUtil.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
