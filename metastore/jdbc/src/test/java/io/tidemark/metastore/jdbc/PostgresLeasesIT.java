package io.tidemark.metastore.jdbc;

import io.tidemark.engine.lease.LeaseContract;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresLeasesIT extends LeaseContract {
    private static EmbeddedPostgresServer server;

    private String database;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeDatabase() {
        database = server.createDatabase();
    }

    @Override
    protected MetadataStore open() {
        String url = "jdbc:postgresql://localhost:" + server.port() + "/" + database;
        return new JdbcMetadataStoreProvider()
                .open(new Settings(
                        "metastore", Map.of("url", url, "user", "postgres", "password", "unused"), Map.of()));
    }

    @Override
    protected void disconnect() {
        server.stop();
    }

    @Override
    protected void reconnect() {
        server.restart();
    }
}
