package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.storage.LocalFileIO;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine attaches to the catalog that {@code tidemark run} serves, by what it printed, and reads what the database has. */
class CatalogEndpointIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern SERVED =
            Pattern.compile("Iceberg REST catalog, read-only: (http://127\\.0\\.0\\.1:\\d+)");

    @TempDir
    Path folder;

    @Test
    void anEngineReadsWhatTheDatabaseHasWhileItChanges() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            String database = server.createDatabase();
            server.execute(
                    database,
                    "create table accounts (id bigint primary key, balance numeric(12,2) not null)",
                    "insert into accounts select g, g * 1.5 from generate_series(1, 1000) g");
            Process process = run(server, database);
            try {
                String uri = await().atMost(PATIENCE).until(this::servedUri, found -> !found.isEmpty());
                try (RESTCatalog engine = new RESTCatalog()) {
                    engine.initialize("engine", Map.of("uri", uri, "io-impl", LocalFileIO.class.getName()));
                    read(engine, server, database);
                }
            } finally {
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(process.exitValue()).isEqualTo(128 + 15);
            assertThat(Files.readString(log()))
                    .contains("Attach DuckDB: ATTACH '' AS lake (TYPE iceberg, ENDPOINT 'http://127.0.0.1:")
                    .doesNotContain("\tat ", "catalog request failed");
        }
    }

    private static void read(RESTCatalog engine, EmbeddedPostgresServer server, String database) throws Exception {
        TableIdentifier accounts = TableIdentifier.of("public", "accounts");
        await().atMost(PATIENCE).until(() -> engine.tableExists(accounts));
        assertThat(engine.listTables(Namespace.of("public"))).containsExactly(accounts);
        Table table = engine.loadTable(accounts);
        assertThat(rows(table)).isEqualTo(rows(server, database)).hasSize(1000);
        server.execute(
                database,
                "update accounts set balance = balance + 1 where id % 7 = 0",
                "delete from accounts where id > 900",
                "insert into accounts values (5000, 0.01)");
        await().atMost(PATIENCE).untilAsserted(() -> {
            table.refresh();
            assertThat(rows(table)).isEqualTo(rows(server, database));
        });
        assertThatThrownBy(() -> engine.dropTable(accounts))
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining("read-only");
    }

    private Process run(EmbeddedPostgresServer server, String database) throws IOException {
        Path config = folder.resolve("tidemark.yaml");
        Files.writeString(config, """
                pipeline: %s
                source: {type: postgres, url: "postgresql://localhost:%d/%s", user: %s}
                lake: {location: ./lake, serve: "127.0.0.1:0"}
                slices: {interval: 1s}
                """.formatted(database, server.port(), database, server.user()));
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "--config",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private String servedUri() throws IOException {
        Matcher matcher = SERVED.matcher(Files.readString(log()));
        return matcher.find() ? matcher.group(1) : "";
    }

    private Path log() {
        return folder.resolve("run.log");
    }

    private static Map<Long, BigDecimal> rows(Table table) throws IOException {
        Map<Long, BigDecimal> rows = new TreeMap<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            records.forEach(record -> rows.put((Long) record.getField("id"), (BigDecimal) record.getField("balance")));
        }
        return rows;
    }

    private static Map<Long, BigDecimal> rows(EmbeddedPostgresServer server, String database) throws Exception {
        Map<Long, BigDecimal> rows = new TreeMap<>();
        try (var connection = server.connect(database);
                var result = connection.createStatement().executeQuery("select id, balance from accounts")) {
            while (result.next()) {
                rows.put(result.getLong(1), result.getBigDecimal(2));
            }
        }
        return rows;
    }
}
