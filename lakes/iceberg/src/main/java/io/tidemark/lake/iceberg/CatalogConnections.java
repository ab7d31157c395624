package io.tidemark.lake.iceberg;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcClientPool;

/**
 * Connections of a JDBC catalog. While the catalog is initialised every call gets a connection of its own, closed afterwards: Iceberg 1.10
 * leaves result sets of its schema checks open, and a SQLite connection with an open result set goes on seeing the database as it was then.
 */
final class CatalogConnections extends JdbcClientPool {
    private volatile boolean initialized;

    CatalogConnections(Map<String, String> properties) {
        super(properties.get(CatalogProperties.URI), properties);
    }

    /** From now on connections are kept. */
    void keepConnections() {
        initialized = true;
    }

    @Override
    public <R> R run(Action<R, Connection, SQLException> action, boolean retry)
            throws SQLException, InterruptedException {
        if (initialized) {
            return super.run(action, retry);
        }
        try (Connection connection = newClient()) {
            return action.run(connection);
        }
    }
}
