package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.capture.Enrolment;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows, columns and names of choice, from the configuration to the proof. */
class MappingIT {
    private static final TableId ORDERS = new TableId("public", "orders");

    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void aDocumentOfAwsDmsIsTakenAsItIs() throws Exception {
        Files.writeString(folder.resolve("mappings.json"), """
                {"rules": [
                  {"rule-type": "selection", "rule-id": "1", "rule-name": "all", "rule-action": "include",
                   "object-locator": {"schema-name": "public", "table-name": "%"}},
                  {"rule-type": "selection", "rule-id": "2", "rule-name": "no audit", "rule-action": "exclude",
                   "object-locator": {"schema-name": "public", "table-name": "audit[_]%"}},
                  {"rule-type": "selection", "rule-id": "3", "rule-name": "eu", "rule-action": "include",
                   "object-locator": {"schema-name": "public", "table-name": "orders"},
                   "filters": [
                     {"filter-type": "source", "column-name": "region",
                      "filter-conditions": [{"filter-operator": "eq", "value": "EU"}, {"filter-operator": "null"}]},
                     {"filter-type": "source", "column-name": "amount",
                      "filter-conditions": [{"filter-operator": "between", "start-value": "10", "end-value": "20.5"}]}]},
                  {"rule-type": "transformation", "rule-id": "4", "rule-name": "lake", "rule-action": "rename",
                   "rule-target": "schema", "object-locator": {"schema-name": "public"}, "value": "lake"},
                  {"rule-type": "transformation", "rule-id": "5", "rule-name": "upper", "rule-action": "convert-uppercase",
                   "rule-target": "column",
                   "object-locator": {"schema-name": "%", "table-name": "%", "column-name": "%"}},
                  {"rule-type": "transformation", "rule-id": "6", "rule-name": "card", "rule-action": "remove-column",
                   "rule-target": "column",
                   "object-locator": {"schema-name": "public", "table-name": "orders", "column-name": "card%"}},
                  {"rule-type": "transformation", "rule-id": "7", "rule-name": "at", "rule-action": "add-column",
                   "rule-target": "column", "object-locator": {"schema-name": "public", "table-name": "orders"},
                   "value": "CHANGED_AT", "expression": "$AR_H_COMMIT_TIMESTAMP", "data-type": {"type": "datetime", "precision": 6}},
                  {"rule-type": "transformation", "rule-id": "8", "rule-name": "origin", "rule-action": "add-column",
                   "rule-target": "column", "object-locator": {"schema-name": "public", "table-name": "%"},
                   "value": "SOURCE", "expression": "'shop'", "data-type": {"type": "string", "length": 50}},
                  {"rule-type": "transformation", "rule-id": "9", "rule-name": "text", "rule-action": "change-data-type",
                   "rule-target": "column",
                   "object-locator": {"schema-name": "public", "table-name": "orders", "column-name": "amount"},
                   "data-type": {"type": "string"}}
                ]}""");
        try (MirroredDatabase mirrored = new MirroredDatabase(
                server, server.createDatabase(), folder, "table-mappings: ./mappings.json\nslices: {interval: 1s}\n")) {
            mirrored.execute(
                    "create table orders (id int primary key, region text, amount numeric(10,2), card text, card_kind text)",
                    "insert into orders select i, case i % 3 when 0 then 'EU' when 1 then 'US' end, i, 'card ' || i, 'k'"
                            + " from generate_series(1, 30) i",
                    "create table items (id int primary key, n int)",
                    "insert into items values (1, 1)",
                    "create table audit_log (id int primary key)");
            mirrored.start();
            mirrored.awaitLive("orders", "items");
            mirrored.execute(
                    "update orders set amount = 20.50 where id = 3",
                    "update orders set region = 'US' where id = 12",
                    "update orders set card = 'another' where id = 15",
                    "delete from orders where id = 18",
                    "insert into items values (2, 2)");
            mirrored.prove();
            assertThat(mirrored.query("select \"ID\", \"REGION\", \"AMOUNT\", \"SOURCE\" from lake.orders"
                            + " where \"CHANGED_AT\" is not null and \"ID\" in (3, 11, 12, 15) order by 1"))
                    .containsExactly(
                            List.of(3, "EU", "20.50", "shop"),
                            java.util.Arrays.asList(11, null, "11.00", "shop"),
                            List.of(15, "EU", "15.00", "shop"));
            assertThat(mirrored.query("select count(*) from lake.orders")).containsExactly(List.of(6L));
            assertThat(mirrored.query("select \"ID\", \"N\", \"SOURCE\" from lake.items order by 1"))
                    .containsExactly(List.of(1, 1, "shop"), List.of(2, 2, "shop"));
            assertThat(mirrored.pipeline().registry().find(new TableId("public", "audit_log")))
                    .isEmpty();
            assertThat(columnsOfSlices(mirrored, ORDERS)).containsExactlyInAnyOrder("id", "region", "amount");
        }
    }

    @Test
    void anotherWishAfterTheLoadStopsTheTableUntilItIsLoadedAgain() throws Exception {
        String database = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, database, folder, """
                tables: [{include: public.*}]
                transformations: [{schema: public, rename: first}]
                """)) {
            mirrored.execute("create table orders (id int primary key, v text)", "insert into orders values (1, 'a')");
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.prove();
        }
        try (MirroredDatabase mirrored = new MirroredDatabase(server, database, folder, """
                tables: [{include: public.orders, where: "v = 'b'"}]
                transformations: [{schema: public, rename: second}]
                """)) {
            mirrored.execute("insert into orders values (2, 'b')");
            mirrored.start();
            mirrored.awaitState(ORDERS, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().reason())
                    .contains(
                            "its mirror was loaded with other rows or columns left out, names, added columns or latest-by than the configuration wants");
            new TableCommands(mirrored.pipeline()).resync(ORDERS);
            mirrored.awaitLive("orders");
            mirrored.prove();
            assertThat(mirrored.query("select id, v from second.orders")).containsExactly(List.of(2, "b"));
            assertThat(mirrored.pipeline().lake().tables()).containsExactly(new TableId("second", "orders"));
        }
    }

    /** A resync has the table's old choices until enrolment has looked: a look that began before must not let the load begin. */
    @Test
    void aResyncWhileEnrolmentIsAtWorkLoadsWhatIsWanted() throws Exception {
        String database = server.createDatabase();
        try (MirroredDatabase mirrored = new MirroredDatabase(server, database, folder, """
                tables: [{include: public.orders}]
                """)) {
            mirrored.execute("create table orders (id int primary key, v text)", "insert into orders values (1, 'a')");
            mirrored.start();
            mirrored.awaitLive("orders");
        }
        try (MirroredDatabase mirrored = new MirroredDatabase(server, database, folder, """
                tables: [{include: public.orders}, {include: public.later}]
                transformations: [{schema: public, rename: second}]
                """)) {
            Pipeline pipeline = mirrored.pipeline();
            Enrolment enrolment = new Enrolment(pipeline);
            assertThat(enrolment.hasChanged(List.of())).isTrue();
            mirrored.awaitState(ORDERS, TableState.FAILED);
            mirrored.execute("create table later (id int primary key)");
            Optional<String> token = pipeline.sliceLog().newest().map(SliceManifest::resumeToken);
            CompletableFuture<List<SourceTable>> refreshed;
            try (Connection blocker = server.connect(database)) {
                blocker.setAutoCommit(false);
                blocker.createStatement().execute("lock table later in access exclusive mode");
                refreshed = CompletableFuture.supplyAsync(() -> enrolment.refresh(token));
                await().atMost(Duration.ofSeconds(30)).until(() -> waitsForALock(database));
                new TableCommands(pipeline).resync(ORDERS);
                blocker.rollback();
            }
            assertThat(refreshed.get(30, TimeUnit.SECONDS))
                    .extracting(SourceTable::id)
                    .contains(ORDERS);
            assertThat(pipeline.registry().load(ORDERS).published()).isFalse();
            mirrored.start();
            mirrored.awaitLive("orders");
            assertThat(mirrored.query("select id, v from second.orders")).containsExactly(List.of(1, "a"));
        }
    }

    private static boolean waitsForALock(String database) throws SQLException {
        try (Connection connection = server.connect(database);
                ResultSet waiting =
                        connection.createStatement().executeQuery("select count(*) from pg_locks where not granted")) {
            return waiting.next() && waiting.getInt(1) > 0;
        }
    }

    @Test
    void aConditionThatCannotBeMetIsSaidByNameAndTheOthersGoOn() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, """
                tables:
                  - {include: public.orders, where: "regoin = 'EU'"}
                  - {include: public.days, where: "day >= 'yesterday'"}
                  - {include: public.keyed, omit: [id]}
                  - include: public.*
                """)) {
            mirrored.execute(
                    "create table orders (id int primary key, region text)",
                    "create table days (id int primary key, day date)",
                    "create table keyed (id int primary key, v int)",
                    "create table good (id int primary key)");
            mirrored.start();
            mirrored.awaitLive("good");
            for (String table : List.of("orders", "days", "keyed")) {
                mirrored.awaitState(new TableId("public", table), TableState.FAILED);
            }
            assertThat(reason(mirrored, "orders")).contains("regoin");
            assertThat(reason(mirrored, "days")).contains("yesterday");
            assertThat(reason(mirrored, "keyed")).contains("a column of its key cannot be left out (columns=id)");
        }
    }

    private static String reason(MirroredDatabase mirrored, String table) {
        return mirrored.pipeline()
                .registry()
                .load(new TableId("public", table))
                .failure()
                .reason();
    }

    private static Set<String> columnsOfSlices(MirroredDatabase mirrored, TableId table) {
        Set<String> columns = new TreeSet<>();
        for (SliceManifest slice : mirrored.pipeline().sliceLog().after(0, 1_000)) {
            for (SliceFile file : slice.filesOf(table)) {
                file.schema().columns().stream().map(Column::name).forEach(columns::add);
            }
        }
        return columns;
    }
}
