package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows are read from a standby of the source, changes from the source. */
class ReplicaReadsIT {
    /** How many rows of user tables were read, by whatever plan. */
    private static final String ROWS_READ =
            "select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0) from pg_stat_user_tables";

    @TempDir
    Path folder;

    @Test
    void loadsAndProofsReadFromTheStandbyAndWaitForItWhenItIsAway() throws Exception {
        try (EmbeddedPostgresServer primary = EmbeddedPostgresServer.start()) {
            String database = primary.createDatabase();
            primary.execute(
                    database,
                    "create table t (id int primary key, v text)",
                    "insert into t select i, 'v' || i from generate_series(1, 20000) i");
            String read = value(primary, database);
            try (EmbeddedPostgresServer standby = primary.startStandby();
                    MirroredPipeline mirrored = new MirroredPipeline(
                            folder, """
                            pipeline: %1$s
                            source:
                              type: postgres
                              url: postgresql://localhost:%2$d/%1$s
                              replica-url: postgresql://localhost:%3$d/%1$s
                              user: postgres
                            lake: {location: ./lake}
                            slices: {interval: 1s}
                            """.formatted(database, primary.port(), standby.port()), Map.of())) {
                mirrored.start();
                mirrored.awaitState(new TableId("public", "t"), TableState.LIVE);
                primary.execute(database, "insert into t select i, 'new' from generate_series(20001, 20100) i");
                mirrored.prove();
                assertThat(value(primary, database)).isEqualTo(read);

                standby.stop();
                primary.execute(
                        database,
                        "create table u (id int primary key)",
                        "insert into u values (1)",
                        "insert into t values (-1)");
                await().atMost(MirroredPipeline.PATIENCE)
                        .untilAsserted(() -> assertThat(mirrored.status().roleErrors())
                                .extracting(RoleReport::role, RoleReport::code)
                                .contains(org.assertj.core.api.Assertions.tuple(
                                        "snapshot", ErrorCode.SOURCE_UNREACHABLE.name())));
                await().atMost(MirroredPipeline.PATIENCE)
                        .untilAsserted(() -> assertThat(mirrored.query("select count(*) from t where id = -1"))
                                .hasToString("[[1]]"));
                standby.restart();
                mirrored.awaitState(new TableId("public", "u"), TableState.LIVE);
                mirrored.prove();
                assertThat(value(primary, database)).isEqualTo(read);
            }
        }
    }

    private static String value(EmbeddedPostgresServer server, String database) throws SQLException {
        try (Connection connection = server.connect(database);
                ResultSet row = connection.createStatement().executeQuery(ROWS_READ)) {
            row.next();
            return row.getString(1);
        }
    }
}
