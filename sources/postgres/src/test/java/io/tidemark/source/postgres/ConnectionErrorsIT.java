package io.tidemark.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionErrorsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static EmbeddedPostgresServer server;

    private String database;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgresServer.start();
        server.execute(
                "postgres",
                "create role secretive login replication password 'right'",
                "create role writer login",
                "create role replicator login replication");
        try (Connection connection = server.connect("postgres")) {
            Path rules = Path.of(TestSource.value(connection, "show hba_file"));
            Files.writeString(
                    rules,
                    "host all secretive all scram-sha-256\nhost all unwelcome all reject\n" + Files.readString(rules));
            TestSource.value(connection, "select pg_reload_conf()");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = server.createDatabase();
    }

    @Test
    void aWrongPasswordIsNotRepeated() {
        try (LogSource source = as("secretive", Map.of("password", "wrong-password"))) {
            assertError(
                    source::tables,
                    ErrorCode.SOURCE_AUTHENTICATION,
                    "Cannot connect to " + url() + ": user or password is wrong (user=secretive, sqlstate=28P01)",
                    "Check user and password of the source.");
            assertThat(source.check(List.of(), Map.of()))
                    .containsExactly(Finding.failed(
                            ErrorCode.SOURCE_AUTHENTICATION,
                            "connection",
                            "Cannot connect to " + url()
                                    + ": user or password is wrong (user=secretive, sqlstate=28P01)",
                            "Check user and password of the source."));
        }
        try (LogSource source = as("secretive", Map.of("password", "right"))) {
            assertThat(source.tables()).isEmpty();
        }
    }

    @Test
    void aMissingPasswordIsSaidToBeMissing() {
        try (LogSource source = as("secretive", Map.of())) {
            assertError(
                    source::tables,
                    ErrorCode.SOURCE_AUTHENTICATION,
                    "Cannot connect to " + url()
                            + ": The server requested SCRAM-based authentication, but no password was provided (user=secretive, sqlstate=08004)",
                    "Check that the role exists and may log in, that pg_hba.conf lets it in from here, and that sslmode fits.");
        }
    }

    @Test
    void aRoleThatIsNotLetInIsSaidSo() {
        try (LogSource source = as("nobody_knows", Map.of())) {
            assertError(
                    source::tables,
                    ErrorCode.SOURCE_AUTHENTICATION,
                    "Cannot connect to " + url()
                            + ": role \"nobody_knows\" does not exist (user=nobody_knows, sqlstate=28000)",
                    "Check that the role exists and may log in, that pg_hba.conf lets it in from here, and that sslmode fits.");
        }
    }

    @Test
    void anUnknownDatabaseIsNamed() {
        try (LogSource source = TestSource.open(server, "no \"such", "p")) {
            assertError(
                    source::tables,
                    ErrorCode.SOURCE_DATABASE_MISSING,
                    "Cannot connect to postgresql://localhost:" + server.port()
                            + "/no \"such: the database does not exist (user=postgres, sqlstate=3D000)",
                    "Correct the database in source.url, or create it: CREATE DATABASE \"no \"\"such\";");
        }
    }

    @Test
    void aClosedPortAndAnUnknownHostAreToldApart() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (LogSource source = TestSource.open(
                server, database, "p", Map.of("url", "postgresql://127.0.0.1:" + port + "/d"), TypeChoices.NONE)) {
            assertError(
                    source::tables,
                    ErrorCode.SOURCE_UNREACHABLE,
                    "Cannot connect to postgresql://127.0.0.1:" + port
                            + "/d: the connection was refused (user=postgres, sqlstate=08001)",
                    "Check host, port and network; is the database up?");
        }
        try (LogSource source = TestSource.open(
                server, database, "p", Map.of("url", "postgresql://no-such-host.invalid/d"), TypeChoices.NONE)) {
            assertError(
                    source::tables,
                    ErrorCode.SOURCE_UNREACHABLE,
                    "Cannot connect to postgresql://no-such-host.invalid:5432/d: the host is unknown (user=postgres, sqlstate=08001)",
                    "Check host, port and network; is the database up?");
        }
    }

    @Test
    void missingReplicationComesWithTheStatement() {
        server.execute(
                database,
                "grant create on database " + database + " to writer",
                "grant create on schema public to writer");
        server.execute(database, "set role writer", "create table t (id int primary key)");
        String remedy = "Run: ALTER ROLE \"writer\" REPLICATION; (on RDS: GRANT rds_replication TO \"writer\";)";
        try (LogSource source = as("writer", Map.of())) {
            assertError(
                    () -> source.prepare(source.tables(), Optional.empty()),
                    ErrorCode.SOURCE_PERMISSION,
                    "Cannot prepare capture: role writer may not use replication slots",
                    remedy);
            assertThatThrownBy(() -> source.openCut(1, TIMEOUT)).isInstanceOfSatisfying(TidemarkException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PERMISSION);
                assertThat(e.remedy()).isEqualTo(remedy);
            });
            assertThat(source.check(List.of(new TableId("public", "t")), Map.of()))
                    .filteredOn(finding -> finding.status() == Finding.Status.FAILED)
                    .extracting(Finding::subject, Finding::remedy)
                    .containsExactly(
                            tuple("permission to replicate", remedy), tuple("connection for replication", remedy));
        }
    }

    @Test
    void missingCreateAndOwnershipComeWithTheStatements() {
        server.execute(database, "create table t (id int primary key)", "grant select on t to replicator");
        try (LogSource source = as("replicator", Map.of())) {
            List<SourceTable> tables = source.tables();
            assertError(
                    () -> source.prepare(tables, Optional.empty()),
                    ErrorCode.SOURCE_PERMISSION,
                    "Cannot prepare capture: role replicator may not create publications in database " + database,
                    "Run: GRANT CREATE ON DATABASE \"" + database + "\" TO \"replicator\";");
            server.execute(database, "grant create on database " + database + " to replicator");
            assertError(
                    () -> source.prepare(tables, Optional.empty()),
                    ErrorCode.SOURCE_PERMISSION,
                    "Cannot prepare capture: role replicator does not own table public.t, which adding it to a publication needs",
                    "Run: GRANT \"postgres\" TO \"replicator\"; or let its owner publish it: ALTER PUBLICATION \"tidemark_errors\""
                            + " ADD TABLE ONLY \"public\".\"t\";");
            // What the remedy says is enough.
            server.execute(database, "alter publication tidemark_errors add table only t");
            source.prepare(tables, Optional.empty());
            source.remove();
        }
    }

    @Test
    void missingSelectComesWithTheStatement() {
        server.execute(database, "create schema \"s p\"", "create table \"s p\".t (id int primary key)");
        String remedy =
                "Run: GRANT USAGE ON SCHEMA \"s p\" TO \"replicator\"; GRANT SELECT ON \"s p\".\"t\" TO \"replicator\";";
        try (LogSource source = as("replicator", Map.of());
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = source.tables().get(0);
            assertThatThrownBy(() -> TestSource.readAll(cut, table, 1 << 20, batch -> {}))
                    .isInstanceOfSatisfying(TidemarkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PERMISSION);
                        assertThat(e.reason())
                                .isEqualTo(
                                        "Cannot read table \"s p\".\"t\": permission denied for schema s p (user=replicator, sqlstate=42501)");
                        assertThat(e.remedy()).startsWith(remedy);
                    });
            assertThat(source.check(List.of(table.id()), Map.of()))
                    .contains(Finding.failed(
                            ErrorCode.SOURCE_PERMISSION,
                            "table s p.t",
                            "role replicator may not read table s p.t",
                            remedy));
        }
    }

    @Test
    void hiddenRowsAreAnErrorAndNotLeftOut() {
        server.execute(
                database,
                "create table t (id int primary key)",
                "insert into t values (1)",
                "alter table t enable row level security",
                "grant select on t to replicator");
        try (LogSource source = as("replicator", Map.of());
                SnapshotCut cut = source.openCut(1, TIMEOUT)) {
            SourceTable table = source.tables().get(0);
            assertThatThrownBy(() -> TestSource.readAll(cut, table, 1 << 20, batch -> {}))
                    .isInstanceOfSatisfying(TidemarkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PERMISSION);
                        assertThat(e.remedy()).contains("ALTER ROLE \"replicator\" BYPASSRLS;");
                    });
            assertThat(source.check(List.of(table.id()), Map.of()))
                    .contains(Finding.failed(
                            ErrorCode.SOURCE_PERMISSION,
                            "table public.t",
                            "row-level security hides rows of table public.t from role replicator",
                            "Run: ALTER ROLE \"replicator\" BYPASSRLS;"));
        }
    }

    @Test
    void aServerWithoutLogicalLogOrFreeSlotIsNamed() {
        String notLogical =
                "Run: ALTER SYSTEM SET wal_level = 'logical'; then restart the database (on RDS: set rds.logical_replication = 1"
                        + " in the parameter group and reboot).";
        try (EmbeddedPostgresServer plain = EmbeddedPostgresServer.start(Map.of("wal_level", "replica"));
                LogSource source = TestSource.open(plain, "postgres", "p")) {
            assertError(
                    () -> source.prepare(List.of(), Optional.empty()),
                    ErrorCode.SOURCE_NOT_LOGICAL,
                    "Cannot prepare capture: wal_level is replica, must be logical",
                    notLogical);
            assertThatThrownBy(() -> source.openCut(1, TIMEOUT))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_NOT_LOGICAL));
            assertThat(source.check(List.of(), Map.of()))
                    .contains(Finding.failed(
                            ErrorCode.SOURCE_NOT_LOGICAL,
                            "wal_level",
                            "wal_level is replica, must be logical",
                            notLogical));
        }
        try (EmbeddedPostgresServer full = EmbeddedPostgresServer.start(Map.of("max_replication_slots", "1"));
                LogSource source = TestSource.open(full, "postgres", "p")) {
            full.execute("postgres", "select pg_create_physical_replication_slot('taken')");
            assertError(
                    () -> source.prepare(List.of(), Optional.empty()),
                    ErrorCode.SOURCE_NO_FREE_SLOT,
                    "Cannot prepare capture: 0 of 1 replication slots and 20 of 20 WAL senders are free",
                    "Run: ALTER SYSTEM SET max_replication_slots = 5; ALTER SYSTEM SET max_wal_senders = 5; then restart the database."
                            + " Or drop unused slots: SELECT slot_name FROM pg_replication_slots WHERE NOT active;");
            assertThatThrownBy(() -> source.openCut(1, TIMEOUT))
                    .isInstanceOfSatisfying(
                            TidemarkException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_NO_FREE_SLOT));
        }
    }

    private LogSource as(String user, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("user", user);
        return TestSource.open(server, database, "errors", all, TypeChoices.NONE);
    }

    private String url() {
        return "postgresql://localhost:" + server.port() + "/" + database;
    }

    private static void assertError(ThrowingCallable call, ErrorCode code, String reason, String remedy) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.remedy()).isEqualTo(remedy);
        });
    }
}
