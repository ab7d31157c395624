package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBDriver;

/** One database in memory and its only connection. Not thread-safe. */
final class DuckDbSession implements AutoCloseable {
    private final Connection connection;
    private final Path spill;
    private final Runnable onClose;

    private DuckDbSession(Connection connection, Path spill, Runnable onClose) {
        this.connection = connection;
        this.spill = spill;
        this.onClose = onClose;
    }

    static DuckDbSession open(Path spill, long memoryBytes, int threads, Runnable onClose) {
        Properties properties = new Properties();
        properties.setProperty("memory_limit", (memoryBytes >> 10) + "KiB");
        properties.setProperty("temp_directory", spill.toString());
        properties.setProperty("threads", Integer.toString(threads));
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("allow_community_extensions", "false");
        properties.setProperty("allow_persistent_secrets", "false");
        properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        try {
            Files.createDirectories(spill.getParent());
            Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", properties);
            DuckDbSession session = new DuckDbSession(connection, spill, onClose);
            session.execute("SET TimeZone = 'UTC'");
            return session;
        } catch (SQLException e) {
            throw QueryFailures.failed("open a query session", e);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DISK_FULL,
                    "Cannot make the folder for spilling: " + e.getMessage() + " (folder=" + spill + ")",
                    e);
        }
    }

    Connection connection() {
        return connection;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** From now on only these files can be read, nothing can be written, and no setting can be changed. */
    void closeToAllBut(Collection<String> files) throws SQLException {
        execute("SET allowed_paths = " + files.stream().map(Sql::text).collect(Collectors.joining(", ", "[", "]")));
        execute("SET enable_external_access = false");
        execute("SET lock_configuration = true");
    }

    @Override
    public void close() {
        try {
            connection.close();
            Files.deleteIfExists(spill);
        } catch (SQLException | IOException e) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL,
                    "Cannot close a query session: " + e.getMessage() + " (folder=" + spill + ")",
                    e);
        } finally {
            onClose.run();
        }
    }
}
