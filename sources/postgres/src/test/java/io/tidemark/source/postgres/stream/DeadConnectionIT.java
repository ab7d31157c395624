package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tidemark.source.postgres.FreezingProxy;
import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections that are dead without having been closed. */
class DeadConnectionIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void aStreamThroughWhichNothingComesAnyMoreEndsAndAnotherOneHasWhatItMissed() throws Exception {
        String database = server.createDatabase();
        server.execute(database, "create table t (id int primary key)");
        try (FreezingProxy proxy = new FreezingProxy(server.port());
                LogSource source = TestSource.open(
                        server,
                        database,
                        "dead",
                        Map.of("url", "postgresql://localhost:" + proxy.port() + "/" + database),
                        TypeChoices.NONE)) {
            List<SourceTable> tables = source.tables();
            source.prepare(tables, Optional.empty());
            CountingSink sink = new CountingSink(10);
            try (ChangeStream stream = source.openStream(Optional.empty(), tables)) {
                server.execute(database, "insert into t values (1)");
                await().atMost(PATIENCE).until(() -> stream.poll(sink, Duration.ofMillis(50)) > 0);
                proxy.freeze();
                server.execute(database, "insert into t values (2)");
                assertThatThrownBy(() -> await().atMost(PATIENCE).until(() -> {
                            stream.poll(sink, Duration.ofMillis(50));
                            return false;
                        }))
                        .asInstanceOf(type(TidemarkException.class))
                        .returns(ErrorCode.SOURCE_CONNECTION_LOST, TidemarkException::code);
            }
            CountingSink again = new CountingSink(10);
            try (ChangeStream stream = reopened(source, tables)) {
                await().atMost(PATIENCE).until(() -> {
                    stream.poll(again, Duration.ofMillis(50));
                    return again.rows() == 2;
                });
            }
            assertThat(again.sum()).isEqualTo(1 + 2);
            source.remove();
        }
    }

    /** The server does not know yet that nobody reads its end, until it is told or its own wal_sender_timeout has passed. */
    private static ChangeStream reopened(LogSource source, List<SourceTable> tables) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsMatching(error ->
                        error instanceof TidemarkException known && known.code() == ErrorCode.SOURCE_SLOT_IN_USE)
                .until(() -> source.openStream(Optional.empty(), tables), stream -> true);
    }

    @Test
    void anIdleStreamLivesOn() throws Exception {
        String database = server.createDatabase();
        server.execute(database, "create table t (id int primary key)");
        try (LogSource source = TestSource.open(server, database, "idle")) {
            List<SourceTable> tables = source.tables();
            source.prepare(tables, Optional.empty());
            CountingSink sink = new CountingSink(10);
            try (ChangeStream stream = source.openStream(Optional.empty(), tables)) {
                long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
                await().atMost(PATIENCE).until(() -> {
                    stream.poll(sink, Duration.ofMillis(200));
                    return System.nanoTime() > end;
                });
                server.execute(database, "insert into t values (1)");
                await().atMost(PATIENCE).until(() -> stream.poll(sink, Duration.ofMillis(50)) > 0);
            }
            source.remove();
        }
    }
}
