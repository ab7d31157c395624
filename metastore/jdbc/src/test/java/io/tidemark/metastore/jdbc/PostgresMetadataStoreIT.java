package io.tidemark.metastore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.metastore.MetadataStoreContract;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresMetadataStoreIT extends MetadataStoreContract {
    private static EmbeddedPostgresServer server;

    private String database;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start(
                Map.of("default_transaction_isolation", "serializable", "synchronous_commit", "off"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeDatabase() {
        database = server.createDatabase();
    }

    @Override
    protected MetadataStore open() {
        String url = "jdbc:postgresql://localhost:" + server.port() + "/" + database;
        return new JdbcMetadataStoreProvider()
                .open(new Settings(
                        "metastore", Map.of("url", url, "user", "postgres", "password", "unused"), Map.of()));
    }

    @Test
    void connectsAgainAfterTheServerCutsItsConnections() throws Exception {
        try (MetadataStore store = open()) {
            Entry first = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            cutConnections();
            assertThatThrownBy(() -> store.read("a"))
                    .isInstanceOfSatisfying(
                            TidemarkException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE));
            assertThat(store.read("a")).contains(first);
            assertThat(store.compareAndSet("a", first.version(), "2")).isPresent();
        }
    }

    @Test
    void isUnavailableWhileTheServerIsDownAndGoesOnAfterwards() {
        try (MetadataStore store = open()) {
            Entry first = store.compareAndSet("a", Entry.ABSENT, "1").orElseThrow();
            server.stop();
            try {
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> store.compareAndSet("a", first.version(), "2"))
                            .isInstanceOfSatisfying(
                                    TidemarkException.class,
                                    e -> assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE))
                            .hasMessageNotContainingAny("unused", "password=");
                }
            } finally {
                server.restart();
            }
            assertThat(store.read("a")).contains(first);
            assertThat(store.compareAndSet("a", first.version(), "2")).isPresent();
        }
    }

    @Test
    void waitsForTheDiskWhateverTheDefaultOfTheServer() throws Exception {
        open().close();
        Connections connections =
                new Connections(Dialect.POSTGRES, server.jdbcUrl(database), new java.util.Properties());
        try {
            String setting = connections.use(connection -> {
                try (Statement statement = connection.createStatement();
                        var row = statement.executeQuery("SHOW synchronous_commit")) {
                    row.next();
                    return row.getString(1);
                }
            });
            assertThat(setting).isEqualTo("on");
        } finally {
            connections.close();
        }
    }

    @Test
    void manyProcessesMayMakeTheTableAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<MetadataStore>> opening = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                opening.add(threads.submit(this::open));
            }
            for (Future<MetadataStore> opened : opening) {
                try (MetadataStore store = opened.get()) {
                    assertThat(store.list("")).isEmpty();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void creatorsAndDeletersOfOneKeyNeitherDeadlockNorRepeatAVersion() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (MetadataStore store = open()) {
            List<Future<List<Long>>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                running.add(threads.submit(() -> {
                    List<Long> created = new ArrayList<>();
                    while (created.size() < 50) {
                        store.compareAndSet("contended", Entry.ABSENT, "v")
                                .ifPresent(entry -> created.add(entry.version()));
                        store.read("contended").ifPresent(entry -> store.delete("contended", entry.version()));
                    }
                    return created;
                }));
            }
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> one : running) {
                all.addAll(one.get());
            }
            assertThat(all).hasSize(200).doesNotHaveDuplicates();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void reportsAWrongPasswordWithoutShowingIt() {
        String url = "jdbc:postgresql://localhost:" + server.port() + "/no_such_database?password=hunter2";
        assertThatThrownBy(() -> new JdbcMetadataStoreProvider()
                        .open(new Settings("metastore", Map.of("url", url, "user", "postgres"), Map.of())))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE))
                .hasMessageContaining("no_such_database")
                .hasMessageNotContaining("hunter2");
    }

    private void cutConnections() throws Exception {
        try (Connection admin = server.connect(database);
                Statement statement = admin.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'tidemark' AND pid <> pg_backend_pid()");
        }
    }
}
