package io.tidemark.bench.postgres;

import io.tidemark.bench.process.ProcessMeter;
import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import io.tidemark.workload.demo.OnClose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** A PostgreSQL server of a benchmark's own, with fsync on and room in the log for loads. */
public final class BenchDatabase implements AutoCloseable {
    private static final long LOOK_MILLIS = 20;

    private final DemoDatabase server;

    private BenchDatabase(DemoDatabase server) {
        this.server = server;
    }

    /** @param folder for the files of the server, deleted with it */
    public static BenchDatabase start(Path folder) {
        return new BenchDatabase(DemoDatabase.start(DemoDatabaseOptions.in(folder)
                .withOnClose(OnClose.DELETE)
                .withSetting("max_wal_size", "16GB")
                .withSetting("checkpoint_timeout", "30min")));
    }

    /** The section {@code source} of a configuration. */
    public String sourceSection() {
        return "source: {type: postgres, url: 'postgresql://%s:%d/%s', user: %s, password: '%s'}"
                .formatted(server.host(), server.port(), DemoDatabase.NAME, server.user(), server.password());
    }

    /** Connection string of libpq; the password is in {@link #clientEnvironment()}. */
    public String conninfo() {
        return "host=%s port=%d dbname=%s user=%s"
                .formatted(server.host(), server.port(), DemoDatabase.NAME, server.user());
    }

    public Map<String, String> clientEnvironment() {
        return Map.of("PGPASSWORD", server.password());
    }

    /** Where it is, in the words of Debezium's connectors. */
    public Map<String, String> connectionProperties() {
        return Map.of(
                "database.hostname", server.host(),
                "database.port", Integer.toString(server.port()),
                "database.user", server.user(),
                "database.password", server.password(),
                "database.dbname", DemoDatabase.NAME);
    }

    /** The folder of its files, in which clients may leave theirs. */
    public Path folder() {
        return server.folder();
    }

    /** For a workload; nothing is pooled. */
    public DataSource dataSource() {
        return server.dataSource();
    }

    public Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row. */
    public String value(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("Cannot go on: the query has no row (sql=" + sql + ")");
            }
            return rows.getString(1);
        }
    }

    public long number(String sql) throws SQLException {
        return Long.parseLong(value(sql));
    }

    /** The server's clock, in microseconds since 1970. */
    public long nowMicros() throws SQLException {
        return number("select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
    }

    /** Processor seconds of the server so far, all of its processes. */
    public double cpuSeconds() throws IOException {
        List<String> lines = Files.readAllLines(server.folder().resolve("data").resolve("postmaster.pid"));
        return ProcessMeter.familyCpuSeconds(Long.parseLong(lines.get(0).strip()));
    }

    /** Makes what a run left in memory durable, so that the next one does not pay for it. */
    public void settle() throws SQLException {
        execute("checkpoint");
    }

    /** Drops a slot; who reads it is ended. */
    public void dropSlot(String slot) throws SQLException {
        String name = "slot_name = '" + slot + "'";
        execute("select pg_terminate_backend(active_pid) from pg_replication_slots where active and " + name);
        try {
            while (number("select count(*) from pg_replication_slots where active and " + name) > 0) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot drop a slot: interrupted (slot=" + slot + ")", e);
        }
        execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots where " + name);
    }

    /** Drops a pipeline's slot and publications, so that it holds no log any more. */
    public void forget(String pipeline) throws SQLException {
        dropSlot("tidemark_" + pipeline);
        execute(
                "drop publication if exists tidemark_" + pipeline,
                "drop publication if exists tidemark_" + pipeline + "_inserts");
    }

    @Override
    public void close() {
        server.close();
    }
}
