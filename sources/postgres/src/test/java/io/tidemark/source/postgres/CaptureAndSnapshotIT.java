package io.tidemark.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceStatus;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stream and snapshot together, as a pipeline uses them. */
class CaptureAndSnapshotIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int WRITERS = 4;

    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void snapshotAndLaterChangesTogetherAreTheTableWhileManyWrite() throws Exception {
        String database = server.createDatabase();
        server.execute(
                database,
                "create table t (id bigint primary key, n int not null, note text)",
                "insert into t select g, 0, 'note ' || g from generate_series(1, 20000) g");
        AtomicBoolean isStopped = new AtomicBoolean();
        ExecutorService executor = Executors.newFixedThreadPool(WRITERS + 1);
        try (LogSource source = TestSource.open(server, database, "both")) {
            SourceTable table = TestSource.table(source, "public", "t");
            source.prepare(List.of(table), Optional.empty());
            List<Future<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(executor.submit(writer(database, i, isStopped)));
            }
            Mirror mirror = new Mirror();
            try (ChangeStream stream = source.openStream(Optional.empty(), List.of(table))) {
                Future<Position> cutoff = executor.submit(() -> snapshot(source, table, mirror));
                while (!cutoff.isDone()) {
                    stream.poll(mirror, Duration.ofMillis(20));
                }
                cutoff.get();
                // The changes go on after the snapshot.
                long until = System.nanoTime() + 1_000_000_000L;
                while (System.nanoTime() < until) {
                    stream.poll(mirror, Duration.ofMillis(20));
                }
                isStopped.set(true);
                for (Future<Void> writer : writers) {
                    writer.get();
                }
                Position marked = source.mark("end");
                while (!mirror.markers.contains("end")) {
                    stream.poll(mirror, Duration.ofMillis(20));
                }
                assertThat(mirror.committed).isLessThanOrEqualTo(marked);
                assertThat(source.status())
                        .extracting(SourceStatus::slotExists, SourceStatus::active)
                        .containsExactly(true, true);
                mirror.apply(cutoff.get());
                assertThat(mirror.events).isGreaterThan(1000);
            }
            try (SnapshotCut cut = source.openCut(1, TIMEOUT)) {
                Map<Long, String> expected = new HashMap<>();
                cut.reading(table)
                        .rows(
                                DigestRequest.whole(1),
                                Set.of(0),
                                row -> expected.put(Long.parseLong(row.get(0)), row.get(1) + " " + row.get(2)));
                assertThat(mirror.rows).isEqualTo(expected);
            }
            source.remove();
        } finally {
            isStopped.set(true);
            executor.shutdownNow();
        }
    }

    @Test
    void removingEndsAStreamThatStillReads() {
        String database = server.createDatabase();
        server.execute(database, "create table t (id bigint primary key)");
        try (LogSource source = TestSource.open(server, database, "removed");
                ChangeStream stream = open(source)) {
            assertThat(source.status().active()).isTrue();
            source.remove();
            assertThat(source.status())
                    .extracting(SourceStatus::slotExists, SourceStatus::active)
                    .containsExactly(false, false);
            assertThatThrownBy(() -> {
                        while (true) {
                            stream.poll(new Mirror(), Duration.ofMillis(100));
                        }
                    })
                    .isInstanceOf(TidemarkException.class);
        }
    }

    private static ChangeStream open(LogSource source) {
        source.prepare(source.tables(), Optional.empty());
        return source.openStream(Optional.empty(), source.tables());
    }

    private static Position snapshot(LogSource source, SourceTable table, Mirror mirror) {
        try (SnapshotCut cut = source.openCut(2, TIMEOUT)) {
            Map<Long, String> rows = new HashMap<>();
            for (SnapshotChunk chunk : cut.plan(table, 128 << 10)) {
                cut.read(chunk, table, batch -> {
                    for (int row = 0; row < batch.size(); row++) {
                        long id = ((LongVector) batch.column(0)).value(row);
                        String before = rows.put(id, Mirror.values(batch, row));
                        assertThat(before).as("row %s seen twice", id).isNull();
                    }
                });
            }
            mirror.loaded = rows;
            return cut.cutoff();
        }
    }

    private static Callable<Void> writer(String database, int writer, AtomicBoolean isStopped) {
        return () -> {
            Random random = new Random(writer);
            try (Connection connection = server.connect(database)) {
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement("insert into t values (?, 0, ?)");
                        PreparedStatement update = connection.prepareStatement(
                                "update t set n = n + 1, note = 'changed ' || n where id = ?");
                        PreparedStatement delete = connection.prepareStatement("delete from t where id = ?")) {
                    for (long n = 0; !isStopped.get(); n++) {
                        insert.setLong(1, 1_000_000L * (writer + 1) + n);
                        insert.setString(2, "new");
                        insert.executeUpdate();
                        // Each writer keeps to its own rows, so that none waits for another.
                        update.setLong(1, (long) random.nextInt(20000 / WRITERS) * WRITERS + writer);
                        update.executeUpdate();
                        if (n % 3 == 0) {
                            delete.setLong(1, 1_000_000L * (writer + 1) + n / 2);
                            delete.executeUpdate();
                        }
                        if (n % 10 == 9) {
                            connection.rollback();
                        } else {
                            connection.commit();
                        }
                    }
                }
            }
            return null;
        };
    }

    /** Keeps what the stream brings, and makes the table of it. */
    private static final class Mirror implements ChangeSink {
        private final List<ChangeBatch> batches = new ArrayList<>();
        private final List<String> markers = new ArrayList<>();
        private Position committed = Position.ZERO;
        private volatile Map<Long, String> loaded = Map.of();
        private Map<Long, String> rows = new HashMap<>();
        private long events;

        @Override
        public ChangeBatch batch(RowSchema schema) {
            if (batches.isEmpty()
                    || !batches.get(batches.size() - 1).schema().equals(schema)
                    || batches.get(batches.size() - 1).size() > 4096) {
                batches.add(new ChangeBatch(schema, 4096));
            }
            return batches.get(batches.size() - 1);
        }

        @Override
        public void commit(Position position, long commitMicros, String resumeToken) {
            assertThat(position).isGreaterThan(committed);
            committed = position;
        }

        @Override
        public void marker(String content) {
            markers.add(content);
        }

        @Override
        public void undecodable(UndecodableRow row) {
            throw row.reason();
        }

        /** Changes before the cutoff are in the snapshot, those from it on are not; so nothing may be found twice or missing. */
        void apply(Position cutoff) {
            rows = new HashMap<>(loaded);
            for (ChangeBatch batch : batches) {
                for (int row = 0; row < batch.size(); row++) {
                    if (!new Position(batch.position(row)).isBefore(cutoff)) {
                        apply(batch, row);
                        events++;
                    }
                }
            }
        }

        private void apply(ChangeBatch batch, int row) {
            long id = ((LongVector) batch.column(0)).value(row);
            switch (batch.operation(row)) {
                case INSERT ->
                    assertThat(rows.put(id, values(batch, row)))
                            .as("inserted row %s", id)
                            .isNull();
                case UPDATE ->
                    assertThat(rows.put(id, values(batch, row)))
                            .as("updated row %s", id)
                            .isNotNull();
                case DELETE ->
                    assertThat(rows.remove(id)).as("deleted row %s", id).isNotNull();
                default -> throw new AssertionError(batch.operation(row));
            }
        }

        static String values(ChangeBatch batch, int row) {
            return ((IntVector) batch.column(1)).value(row) + " " + ((BytesVector) batch.column(2)).text(row);
        }
    }
}
