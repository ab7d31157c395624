package io.tidemark.workload.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDatabaseIT {
    @TempDir
    Path folder;

    @Test
    void startsReadyForLogicalDecodingWithDurableCommits() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (DemoDatabase database =
                DemoDatabase.start(DemoDatabaseOptions.in(folder.resolve("db")).withProgress(lines::add))) {
            assertThat(show(database, "wal_level")).isEqualTo("logical");
            assertThat(show(database, "fsync")).isEqualTo("on");
            assertThat(show(database, "synchronous_commit")).isEqualTo("on");
            assertThat(show(database, "server_encoding")).isEqualTo("UTF8");
            assertThat(Integer.parseInt(show(database, "max_replication_slots")))
                    .isGreaterThanOrEqualTo(10);
            assertThat(text(database, "select slot_name from pg_create_logical_replication_slot('s', 'pgoutput')"))
                    .isEqualTo("s");
        }
        assertThat(lines).contains("Creating the database files").anyMatch(line -> line.startsWith("Starting"));
    }

    @Test
    void asksForTheGeneratedPassword() throws IOException {
        try (DemoDatabase database = DemoDatabase.start(DemoDatabaseOptions.in(folder.resolve("db")))) {
            assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl(), database.user(), "wrong")
                            .close())
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
            Path password = database.folder().resolve("password");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(password).strip()).isEqualTo(database.password());
        }
    }

    @Test
    void deletesItsFilesButNoOthers() throws IOException {
        Path own = folder.resolve("own");
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Files.writeString(shared.resolve("notes.txt"), "mine");
        DemoDatabase.start(DemoDatabaseOptions.in(own)).close();
        DemoDatabase.start(DemoDatabaseOptions.in(shared)).close();
        assertThat(own).doesNotExist();
        try (var files = Files.list(shared)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("notes.txt");
        }
    }

    @Test
    void goesOnWithKeptFiles() throws SQLException {
        DemoDatabaseOptions keep =
                DemoDatabaseOptions.in(folder.resolve("a 'quoted' folder ü")).withOnClose(OnClose.KEEP);
        String password;
        try (DemoDatabase database = DemoDatabase.start(keep)) {
            execute(database, "create table kept as select 42 as answer");
            password = database.password();
        }
        try (DemoDatabase database = DemoDatabase.start(keep.withSetting("work_mem", "5MB"))) {
            assertThat(text(database, "select answer from kept")).isEqualTo("42");
            assertThat(database.password()).isEqualTo(password);
            assertThat(show(database, "work_mem")).isEqualTo("5MB");
        }
    }

    @Test
    void restartsOnTheSamePortAndEndsConnections() throws SQLException {
        try (DemoDatabase database = DemoDatabase.start(DemoDatabaseOptions.in(folder.resolve("db")));
                Connection open = database.dataSource().getConnection()) {
            int port = database.port();
            database.restart();
            assertThat(database.port()).isEqualTo(port);
            assertThat(open.isValid(1)).isFalse();
            assertThat(text(database, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void refusesAFolderInUse() {
        DemoDatabaseOptions options = DemoDatabaseOptions.in(folder.resolve("db"));
        DemoDatabase database = DemoDatabase.start(options);
        try (database) {
            assertThatThrownBy(() -> DemoDatabase.start(options)).isInstanceOfSatisfying(TidemarkException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.DEMO_DATABASE);
                assertThat(e)
                        .hasMessage("Cannot start the demo database: its folder is in use by another one" + " (folder="
                                + database.folder() + ")");
            });
            assertThat(database.folder()).isDirectory();
        }
    }

    @Test
    void refusesATakenPortAndAWrongSettingWithTheServersOwnWords() throws IOException {
        DemoDatabaseOptions options = DemoDatabaseOptions.in(folder.resolve("db"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> DemoDatabase.start(options.withPort(taken.getLocalPort())))
                    .hasMessageContaining("Cannot start PostgreSQL: the port is taken");
        }
        assertThatThrownBy(() -> DemoDatabase.start(options.withSetting("work_mem", "much")))
                .hasMessageContaining("invalid value for parameter \"work_mem\": \"much\"");
        assertThatThrownBy(() -> options.withSetting("port", "1"))
                .hasMessageContaining("cannot be given (setting=port)");
        assertThatThrownBy(() -> options.withPort(70_000)).hasMessageContaining("must be 0 to 65535 (port=70000)");
        assertThat(folder.resolve("db")).doesNotExist();
    }

    @Test
    void keepsAnExistingDatabaseWhenTheStartFails() throws SQLException {
        DemoDatabaseOptions options = DemoDatabaseOptions.in(folder.resolve("db"));
        DemoDatabase.start(options.withOnClose(OnClose.KEEP)).close();
        assertThatThrownBy(() -> DemoDatabase.start(options.withSetting("work_mem", "much")))
                .isInstanceOf(TidemarkException.class);
        try (DemoDatabase database = DemoDatabase.start(options)) {
            assertThat(text(database, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void stopsAServerThatAKilledProcessLeftBehind() throws Exception {
        Path db = folder.resolve("db");
        Process process = startDemoProcess(db);
        long server = serverPid(db);
        process.destroyForcibly();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ProcessHandle.of(server)).isPresent();
        try (DemoDatabase database = DemoDatabase.start(DemoDatabaseOptions.in(db))) {
            assertThat(text(database, "select 1")).isEqualTo("1");
            assertThat(serverPid(db)).isNotEqualTo(server);
        }
    }

    @Test
    void endsWithTheProcessThatIsTerminated() throws Exception {
        Path db = folder.resolve("db");
        Process process = startDemoProcess(db);
        int port = serverPort(db);
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
        assertThat(db.resolve("data")).doesNotExist();
    }

    @Test
    void runsAsNobodyWhereNamespacesAreForbidden() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can change the user");
        // The temporary folder of the test belongs to root alone, as a home folder does.
        Path open = Files.createTempDirectory("tidemark-demo");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        DemoDatabaseOptions options = DemoDatabaseOptions.in(open.resolve("db"));
        try (DemoDatabase database = DemoDatabase.start(options.withOnClose(OnClose.KEEP), ServerUser.NOBODY)) {
            execute(database, "create table kept as select 42 as answer");
            Object uid = Files.getAttribute(database.folder().resolve("data"), "unix:uid");
            assertThat(uid).isEqualTo(65_534);
        }
        try (DemoDatabase database = DemoDatabase.start(options.withOnClose(OnClose.KEEP), ServerUser.NAMESPACE)) {
            assertThat(text(database, "select answer from kept")).isEqualTo("42");
        }
        DemoDatabase.start(options, ServerUser.NOBODY).close();
        Files.delete(open);
    }

    private Process startDemoProcess(Path db) throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WaitingDemo.class.getName(),
                        db.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(db.resolve("ready")));
        return process;
    }

    private static int serverPort(Path db) throws IOException {
        Path file = db.resolve("data").resolve("postmaster.pid");
        return Integer.parseInt(Files.readAllLines(file).get(3).strip());
    }

    private static long serverPid(Path db) throws IOException {
        Path file = db.resolve("data").resolve("postmaster.pid");
        return Long.parseLong(Files.readAllLines(file).get(0).strip());
    }

    /** Starts a server and waits to be ended. */
    static final class WaitingDemo {
        private WaitingDemo() {}

        public static void main(String[] arguments) throws Exception {
            DemoDatabase database = DemoDatabase.start(DemoDatabaseOptions.in(Path.of(arguments[0])));
            Files.createFile(database.folder().resolve("ready"));
            Thread.currentThread().join();
        }
    }

    private static String show(DemoDatabase database, String setting) throws SQLException {
        return text(database, "show " + setting);
    }

    private static String text(DemoDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void execute(DemoDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
