package io.tidemark.lake.iceberg;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors whose catalog is Iceberg's JDBC catalog in a PostgreSQL database, as workers on several machines share it. */
class PostgresCatalogIT {
    @Test
    void mirrorsLiveInAPostgresDatabase(@TempDir Path folder) {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                JdbcCatalog foreign = new JdbcCatalog()) {
            Map<String, String> properties = Map.of(
                    "type",
                    "jdbc",
                    "uri",
                    server.jdbcUrl(server.createDatabase()),
                    "jdbc.user",
                    server.user(),
                    "jdbc.schema-version",
                    "V1");
            Map<String, String> same = new HashMap<>(properties);
            same.put("warehouse", folder.toString());
            same.put("io-impl", "io.tidemark.storage.LocalFileIO");
            foreign.initialize("tidemark", same);
            new CatalogLifecycle(folder, properties, foreign).run();
        }
    }
}
