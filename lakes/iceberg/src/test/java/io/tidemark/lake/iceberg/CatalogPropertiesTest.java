package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.lake.iceberg.rest.ForeignRestCatalog;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catalogs that the lake's properties name. */
class CatalogPropertiesTest {
    @TempDir
    Path folder;

    @Test
    void mirrorsLiveInARestCatalog() throws Exception {
        try (ForeignRestCatalog server = new ForeignRestCatalog(folder)) {
            Map<String, String> properties =
                    Map.of("type", "rest", "uri", server.uri().toString());
            new CatalogLifecycle(folder, properties, server.catalog()).run();
        }
    }

    @Test
    void mirrorsLiveInASqliteFileOfAnyName() {
        String uri = "jdbc:sqlite:" + folder.resolve("named.db");
        Map<String, String> foreign = Map.of(
                "uri", uri,
                "warehouse", folder.toString(),
                "io-impl", "io.tidemark.storage.LocalFileIO",
                "jdbc.schema-version", "V1",
                "clients", "1");
        try (JdbcCatalog catalog = new JdbcCatalog()) {
            catalog.initialize("tidemark", foreign);
            Map<String, String> properties = Map.of("type", "jdbc", "uri", uri, "jdbc.synchronous", "OFF");
            new CatalogLifecycle(folder, properties, catalog).run();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "type, glue, software.amazon.awssdk:glue",
        "type, hive, iceberg-hive-metastore",
        "type, nessie, iceberg-nessie",
        "type, NESSIE, iceberg-nessie",
        "catalog-impl, com.example.MyCatalog, the jar with the class com.example.MyCatalog"
    })
    void aCatalogWhoseJarsAreMissingNamesThem(String key, String value, String jars) {
        assertThatThrownBy(() -> open(Map.of(key, value)))
                .hasMessageContaining("its classes are not installed (" + key + "=" + value)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.PLUGIN_NOT_FOUND, TidemarkException::code)
                .extracting(TidemarkException::remedy)
                .asString()
                .contains(jars, "lib");
    }

    @Test
    void anUnknownTypeIsToldWithTheKnownOnes() {
        assertThatThrownBy(() -> open(Map.of("type", "glu")))
                .hasMessageContaining("Cannot open the catalog: type glu is not known (known=")
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
    }

    @Test
    void aJdbcCatalogWithoutAnAddressIsAnErrorOfTheConfiguration() {
        assertThatThrownBy(() -> open(Map.of("type", "jdbc")))
                .hasMessageContaining("Cannot open the catalog: ")
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
    }

    @Test
    void aCatalogThatCannotRenameIsRefused() {
        assertThatThrownBy(() -> open(Map.of("type", "hadoop")))
                .hasMessageContaining("a catalog of type hadoop cannot rename a table")
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
    }

    /** Nobody listens on port 1. */
    @ParameterizedTest
    @CsvSource({
        "jdbc, jdbc:sqlite:/nowhere/at/all.db",
        "jdbc, jdbc:postgresql://127.0.0.1:1/catalog",
        "rest, http://127.0.0.1:1"
    })
    void aCatalogThatDoesNotAnswerIsToldAndNoErrorOfTheConfiguration(String kind, String uri) {
        assertThatThrownBy(() -> open(Map.of("type", kind, "uri", uri)))
                .hasMessageContaining("Cannot open the catalog: ")
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.CATALOG_UNAVAILABLE, TidemarkException::code);
    }

    private void open(Map<String, String> properties) {
        IcebergLake.open(
                        folder.resolve("lake").toString(),
                        new Settings("lake", Map.of(), properties),
                        folder.resolve("state"),
                        LakeOptions.defaults())
                .close();
    }
}
