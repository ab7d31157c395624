package io.tidemark.metastore.jdbc;

import io.tidemark.engine.lease.LeaseContract;
import io.tidemark.spi.metastore.MetadataStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;

/** A file is away when another process holds its lock. */
class SqliteLeasesIT extends LeaseContract {
    @TempDir
    Path folder;

    private Connection locking;

    @Override
    protected MetadataStore open() {
        return JdbcMetadataStore.open(url(), new Properties());
    }

    @Override
    protected void disconnect() throws Exception {
        locking = DriverManager.getConnection(url());
        try (Statement statement = locking.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 60000");
            statement.execute("BEGIN IMMEDIATE");
        }
    }

    @Override
    protected void reconnect() throws Exception {
        locking.close();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("metadata.db");
    }
}
