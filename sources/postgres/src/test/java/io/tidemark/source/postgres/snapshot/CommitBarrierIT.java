package io.tidemark.source.postgres.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommitBarrierIT {
    @Test
    void waitsForEachTransactionThatTheSnapshotCallsCommitted() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                Connection outside = server.connect("postgres");
                Connection writer = server.connect("postgres")) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("create table t (id int)");
            long transaction = Long.parseLong(TestSource.value(writer, "select pg_current_xact_id()::text"));
            String claims = transaction + ":" + (transaction + 1) + ":";
            String admits = transaction + ":" + (transaction + 1) + ":" + transaction;

            // Nothing with a higher number has ended yet, so that only the upper bound of running ones tells.
            assertBlocked(outside, claims);
            assertBlocked(outside, admits);
            server.execute("postgres", "create table later (id int)");
            assertBlocked(outside, claims);
            CommitBarrier.await(outside, admits, Duration.ofSeconds(5));
            CommitBarrier.await(outside, transaction + ":" + transaction + ":", Duration.ofSeconds(5));

            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try {
                    CommitBarrier.await(outside, claims, Duration.ofSeconds(30));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(waiting).isNotDone();
            writer.commit();
            waiting.get();
        }
    }

    @Test
    void understandsSnapshotsWhoseXminLiesAboveTheirXmax() {
        ExportedSnapshot snapshot = ExportedSnapshot.parse("31527:31519:");
        assertThat(snapshot.isVisible(31526)).isTrue();
        assertThat(snapshot.isVisible(31527)).isFalse();
        assertThat(snapshot.end()).isEqualTo(31527);
        ExportedSnapshot usual = ExportedSnapshot.parse("10:20:12,15");
        assertThat(usual.isVisible(9)).isTrue();
        assertThat(usual.isVisible(12)).isFalse();
        assertThat(usual.isVisible(13)).isTrue();
        assertThat(usual.isVisible(20)).isFalse();
    }

    private static void assertBlocked(Connection outside, String snapshot) {
        assertThatThrownBy(() -> CommitBarrier.await(outside, snapshot, Duration.ofMillis(50)))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SLOT_BLOCKED));
    }
}
