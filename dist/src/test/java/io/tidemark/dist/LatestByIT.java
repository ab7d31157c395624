package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.Certificate;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Mirrors that keep the row with the greatest value in a column, from the configuration to what a proof says of it. */
class LatestByIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void anOlderStateThatIsWrittenLaterIsDroppedAndTheProofSaysSo() throws Exception {
        TableId orders = new TableId("dynamodb", "orders");
        try (DynamoDbTables tables = new DynamoDbTables()) {
            tables.create("orders");
            put(tables, "1", "2023-07-01T10:00:50Z", "newest");
            put(tables, "2", "2023-07-01T10:00:50Z", "first");
            try (MirroredPipeline plain = open(tables, "")) {
                plain.start();
                plain.awaitState(orders, TableState.LIVE);
            }
            try (MirroredPipeline latest = open(tables, "tables: [{include: dynamodb.orders, latest-by: changed}]\n")) {
                latest.start();
                latest.awaitState(orders, TableState.FAILED);
                assertThat(latest.pipeline().registry().load(orders).failure().reason())
                        .contains("its mirror was loaded with other names, added columns or latest-by");
                new TableCommands(latest.pipeline()).resync(orders);
                latest.awaitState(orders, TableState.LIVE);
                put(tables, "1", "2023-07-01T10:00:40Z", "late");
                put(tables, "2", "2023-07-01T10:01:00Z", "second");
                await().atMost(PATIENCE)
                        .until(() -> latest.query("select id, state from orders order by id")
                                .equals(List.of(List.of("1", "newest"), List.of("2", "second"))));
                TableProof proof = latest.verify().proofs().get(0);
                assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.DIFFERENT);
                assertThat(proof.differences()).extracting(KeyDifference::key).containsExactly(List.of("1"));
                put(tables, "1", "2023-07-01T10:02:00Z", "caught up");
                tables.client()
                        .deleteItem(
                                request -> request.tableName("orders").key(Map.of("id", AttributeValue.fromS("2"))));
                put(tables, "2", "2023-06-30T00:00:00Z", "begun anew");
                assertThat(latest.prove().get(0).certificate().orElseThrow().agreement())
                        .isEqualTo(Certificate.Agreement.QUIESCED);
                assertThat(latest.query("select id, state from orders order by id"))
                        .containsExactly(List.of("1", "caught up"), List.of("2", "begun anew"));
            }
        }
    }

    @Test
    void postgresHasToSendWholeRows() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, """
                slices: {interval: 1s}
                tables: [{include: public.*, latest-by: changed}]
                """)) {
            mirrored.execute(
                    "create table partial (id int primary key, changed int, body text)",
                    "create table whole (id int primary key, changed int, body text)",
                    "alter table whole alter body set storage external",
                    "alter table whole replica identity full",
                    "create table without (id int primary key)",
                    "alter table without replica identity full",
                    "insert into whole values (1, 50, repeat('x', 10000))");
            mirrored.start();
            mirrored.awaitLive("whole");
            assertThat(failure(mirrored, "partial")).contains("latest-by needs REPLICA IDENTITY FULL");
            assertThat(failure(mirrored, "without")).contains("by column changed: there is no such column");
            // The body is not in these events: it comes from the old rows.
            mirrored.execute(
                    "update whole set changed = 60 where id = 1", "update whole set changed = 55 where id = 1");
            mirrored.execute("insert into whole values (2, 1, 'last')");
            await().atMost(PATIENCE)
                    .until(() -> mirrored.query("select id, changed, length(body) from whole order by id")
                            .equals(List.of(List.of(1, 60, 10_000L), List.of(2, 1, 4L))));
        }
    }

    private static String failure(MirroredDatabase mirrored, String table) {
        TableId id = new TableId("public", table);
        mirrored.awaitState(id, TableState.FAILED);
        return mirrored.pipeline().registry().load(id).failure().reason();
    }

    private MirroredPipeline open(DynamoDbTables tables, String more) throws Exception {
        return new MirroredPipeline(folder, tables.configuration() + more, tables.environment());
    }

    private static void put(DynamoDbTables tables, String id, String changed, String state) {
        tables.client()
                .putItem(request -> request.tableName("orders")
                        .item(Map.of(
                                "id", AttributeValue.fromS(id),
                                "changed", AttributeValue.fromS(changed),
                                "state", AttributeValue.fromS(state))));
    }
}
