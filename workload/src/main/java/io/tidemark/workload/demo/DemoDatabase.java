package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A running PostgreSQL server of its own with all its files in one folder: {@code data}, {@code server.log}, {@code password} (readable by
 * the owner only) and {@code lock}. It listens on the loopback interface and asks for the generated password, since other users of the
 * machine can connect there too.
 *
 * <p>One process at a time uses a folder. A server that a killed process left behind is stopped by the next start on the folder. The server
 * ends with {@link #close()}, or else with the Java process. Safe for use by several threads.
 */
public final class DemoDatabase implements AutoCloseable {
    /** The database and its superuser. */
    public static final String NAME = "postgres";

    private static final String HOST = "127.0.0.1";

    private final DemoDatabaseOptions options;
    private final FolderLock lock;
    private final PostgresServer server;
    private final Thread closeOnExit = new Thread(this::close, "demo-database-close");
    private boolean closed;

    private DemoDatabase(DemoDatabaseOptions options, FolderLock lock, PostgresServer server) {
        this.options = options;
        this.lock = lock;
        this.server = server;
    }

    /**
     * Starts a server on the folder, which it fills when it has no database yet. Takes some seconds at first, about one later.
     *
     * @throws TidemarkException DEMO_DATABASE when the folder is in use or cannot be written, or the server does not start; the message holds
     *     the end of the server's log
     */
    public static DemoDatabase start(DemoDatabaseOptions options) {
        return start(options, ServerUser.detect());
    }

    static DemoDatabase start(DemoDatabaseOptions options, ServerUser user) {
        Path folder = options.folder().toAbsolutePath().normalize();
        FolderLock lock = FolderLock.take(folder);
        PostgresServer server = new PostgresServer(folder, user, options.progress());
        // A start that fails deletes what it made itself, never a database that was kept.
        OnClose onFailure = server.hasDatabase() ? OnClose.KEEP : options.onClose();
        DemoDatabase database = new DemoDatabase(options, lock, server);
        try {
            server.prepare();
            server.configure(options.settings());
            server.start(options.port());
            Runtime.getRuntime().addShutdownHook(database.closeOnExit);
            return database;
        } catch (RuntimeException e) {
            try {
                database.close(onFailure);
            } catch (RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    public String host() {
        return HOST;
    }

    /** The TCP port in use. */
    public int port() {
        return server.port();
    }

    public String user() {
        return NAME;
    }

    /** The generated password of {@link #user()}. */
    public String password() {
        return server.password();
    }

    /** The JDBC address, without user and password. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + HOST + ":" + port() + "/" + NAME;
    }

    /** The folder with all files of the server. */
    public Path folder() {
        return server.folder();
    }

    /** New connections as the superuser; nothing is pooled. */
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl());
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    /** Stops the server, which ends all connections, and starts it again on the same port. */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("Cannot restart the demo database: it is closed");
        }
        int port = server.port();
        server.stop();
        server.start(port);
    }

    /**
     * Stops the server and, with {@link OnClose#DELETE}, deletes its files. Does nothing the second time.
     *
     * @throws TidemarkException DEMO_DATABASE when the server does not stop or its files cannot be deleted
     */
    @Override
    public void close() {
        close(options.onClose());
    }

    private synchronized void close(OnClose files) {
        if (closed) {
            return;
        }
        closed = true;
        removeHook();
        try (lock) {
            server.stop();
            if (files == OnClose.DELETE) {
                server.deleteFiles();
            }
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot delete the demo database: " + e + " (folder=" + server.folder() + ")",
                    e);
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(closeOnExit);
        } catch (IllegalStateException e) {
            // The process is ending already, and this is probably the hook itself.
            return;
        }
    }
}
