package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns carried as the configuration wants them: through load, stream, proof and repair alike. */
class ChosenTypesIT {
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
    void chosenTypesHoldForLoadStreamProofAndRepair() throws Exception {
        String rules = """
                types: {timestamp: string, time: string, public.price: string}
                tables:
                  - include: public.orders
                    columns: {amount: "decimal(20,4)", small: int64, key_at: string, declared: "decimal(20,4)"}
                  - include: public.*
                """;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(
                    "create domain price as numeric(12,2)",
                    "create table orders (key_at timestamptz primary key, paid_at timestamp, opens time, amount numeric,"
                            + " declared numeric(12,2), small smallint, cost price)",
                    "create table other (id int primary key, at timestamp)",
                    "insert into orders values ('infinity', 'infinity', '24:00', 1.5, 2.25, 7, 'NaN'),"
                            + " ('2026-01-01 00:00:00.5+00', '2026-01-01 10:00', '12:30', -12345.6789, -2, -32768, 1)",
                    "insert into other values (1, '-infinity')");
            mirrored.start();
            mirrored.awaitLive("orders", "other");
            mirrored.prove();
            mirrored.execute(
                    "insert into orders values ('-infinity', '-infinity', '00:00', 0, 0, 32767, 'NaN')",
                    "update orders set amount = 9999999999999999.9999, paid_at = null where key_at = 'infinity'",
                    "update orders set key_at = '0044-03-15 00:00:00+00 BC' where key_at = '2026-01-01 00:00:00.5+00'",
                    "insert into other values (2, '2026-05-05')");
            mirrored.prove();
            assertThat(mirrored.query(
                            "select key_at, paid_at, opens, amount::text, small, cost from orders order by key_at"))
                    .containsExactly(
                            List.of("-infinity", "-infinity", "00:00:00", "0.0000", 32767L, "NaN"),
                            List.of(
                                    "0044-03-15 00:00:00+00 BC",
                                    "2026-01-01 10:00:00",
                                    "12:30:00",
                                    "-12345.6789",
                                    -32768L,
                                    "1.00"),
                            java.util.Arrays.asList("infinity", null, "24:00:00", "9999999999999999.9999", 7L, "NaN"));
            assertThat(mirrored.query("select \"at\" from other order by id"))
                    .containsExactly(List.of("-infinity"), List.of("2026-05-05 00:00:00"));
            assertThat(mirrored.pipeline().registry().load(ORDERS).schema().columns().stream()
                            .map(Column::type)
                            .map(Object::toString))
                    .containsExactly("string", "string", "string", "decimal(20,4)", "decimal(20,4)", "int64", "string");
            LakeTampering.changeRows(mirrored, ORDERS, "key_at", List.of("infinity"), "opens", "forged");
            VerifyRequest heal = new VerifyRequest(
                    List.of(ORDERS),
                    Optional.empty(),
                    Optional.empty(),
                    VerifyRequest.Repair.HEAL,
                    1_000,
                    Duration.ofMinutes(1));
            TableProof healed = mirrored.verify(heal).proofs().get(0);
            assertThat(healed.outcome()).isEqualTo(TableProof.Outcome.EQUAL);
            assertThat(healed.repaired()).isEqualTo(1);
        }
    }

    @Test
    void aWrongChoiceFailsItsTableAloneAndNamesThePlace() throws Exception {
        String rules = """
                tables:
                  - include: public.orders
                    columns:
                      paid_on: string
                  - include: public.shops
                    columns: {id: "decimal(9,0)"}
                  - include: public.*
                """;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(
                    "create table orders (id int primary key, paid_at timestamp)",
                    "create table shops (id int primary key)",
                    "create table good (id int primary key)");
            mirrored.start();
            mirrored.awaitLive("good");
            mirrored.awaitState(ORDERS, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().reason())
                    .contains("tidemark.yaml:11: columns.paid_on is no column of the table; did you mean paid_at?");
            mirrored.awaitState(new TableId("public", "shops"), TableState.FAILED);
            assertThat(mirrored.pipeline()
                            .registry()
                            .load(new TableId("public", "shops"))
                            .failure()
                            .reason())
                    .contains("tidemark.yaml:13: columns.id cannot be decimal(9,0): integer can be string or int64");
            replace(mirrored, "paid_on: string", "paid_at: string");
            new TableCommands(mirrored.pipeline()).resync(ORDERS);
            mirrored.start();
            mirrored.awaitLive("orders");
        }
    }

    @Test
    void aChoiceMadeAfterTheLoadStopsTheTableUntilItIsLoadedAgainOrTakenBack() throws Exception {
        String rules = """
                tables:
                  - include: public.orders
                    columns: {id: int64}
                """;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(
                    "create table orders (id int primary key, paid_at timestamp)",
                    "insert into orders values (1, '2026-01-01')");
            mirrored.start();
            mirrored.awaitLive("orders");
            replace(mirrored, "{id: int64}", "{id: int64, paid_at: string}");
            mirrored.start();
            mirrored.awaitState(ORDERS, TableState.FAILED);
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().code())
                    .isEqualTo("CONFIG_INVALID");
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().reason())
                    .contains("column=paid_at, loaded=timestamp, wanted=string");
            assertThat(mirrored.pipeline().registry().load(ORDERS).failure().remedy())
                    .contains("tidemark resync public.orders");
            mirrored.execute("insert into orders values (2, '2026-02-02')");
            replace(mirrored, "{id: int64, paid_at: string}", "{id: int64}");
            new TableCommands(mirrored.pipeline()).resume(ORDERS);
            mirrored.start();
            mirrored.awaitLive("orders");
            mirrored.prove();
            replace(mirrored, "{id: int64}", "{id: int64, paid_at: string}");
            mirrored.start();
            mirrored.awaitState(ORDERS, TableState.FAILED);
            new TableCommands(mirrored.pipeline()).resync(ORDERS);
            mirrored.awaitLive("orders");
            mirrored.execute("insert into orders values (3, 'infinity')");
            mirrored.prove();
            assertThat(mirrored.query("select paid_at from orders order by id"))
                    .containsExactly(
                            List.of("2026-01-01 00:00:00"), List.of("2026-02-02 00:00:00"), List.of("infinity"));
        }
    }

    /** As after an upgrade from a version that knew no lists and structs. */
    @Test
    void arraysAndCompositesThatWereLoadedAsTextStayTextUntilTheyAreLoadedAgain() throws Exception {
        String rules = """
                types: {"integer[]": string, public.pair: string}
                tables:
                  - include: public.*
                """;
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(
                    "create type pair as (a int, b text)",
                    "create table orders (id int primary key, l int[], p pair)",
                    "insert into orders values (1, '{{1,2}}', row(1, 'a b'))");
            mirrored.start();
            mirrored.awaitLive("orders");
            replace(mirrored, "types: {\"integer[]\": string, public.pair: string}", "");
            mirrored.start();
            mirrored.execute("insert into orders values (2, '[0:0]={7}', row(null, null))");
            mirrored.prove();
            assertThat(mirrored.pipeline().registry().load(ORDERS).schema().columns().stream()
                            .map(Column::type)
                            .map(Object::toString))
                    .containsExactly("int32", "string", "string");
            assertThat(mirrored.query("select l, p from orders order by id"))
                    .containsExactly(List.of("{{1,2}}", "(1,\"a b\")"), List.of("[0:0]={7}", "(,)"));
            mirrored.execute("update orders set l = '{1,NULL}'");
            new TableCommands(mirrored.pipeline()).resync(ORDERS);
            mirrored.awaitLive("orders");
            mirrored.prove();
            assertThat(mirrored.pipeline().registry().load(ORDERS).schema().columns().stream()
                            .map(Column::type)
                            .map(Object::toString))
                    .containsExactly("int32", "list<int32>", "struct<\"a\":int32,\"b\":string>");
            assertThat(mirrored.query("select l, p.b, p is null from orders order by id"))
                    .containsExactly(
                            List.of(java.util.Arrays.asList(1, null), "a b", false),
                            java.util.Arrays.asList(java.util.Arrays.asList(1, null), null, false));
        }
    }

    /** Changes the configuration of a stopped pipeline. */
    private static void replace(MirroredDatabase mirrored, String before, String after) throws IOException {
        mirrored.stop();
        String text = Files.readString(mirrored.file());
        assertThat(text).contains(before);
        Files.writeString(mirrored.file(), text.replace(before, after));
    }
}
