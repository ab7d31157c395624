package io.tidemark.source.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.TestSource;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableCatalogIT {
    private static EmbeddedPostgresServer server;

    private String database;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = server.createDatabase();
    }

    @Test
    void describesColumnsKeyAndSize() {
        server.execute(
                database,
                "create table t (b text not null, gone int, a bigint, n numeric(12,2), primary key (a, b))",
                "alter table t drop column gone",
                "insert into t select g, g, g from generate_series(1, 5000) g",
                "analyze t");
        SourceTable table = table("t", List.of());
        assertThat(table.schema())
                .isEqualTo(new RowSchema(
                        new TableId("public", "t"),
                        List.of(
                                new Column("b", ColumnType.STRING, false, "text", 1),
                                new Column("a", ColumnType.INT64, false, "bigint", 3),
                                new Column("n", ColumnType.decimal(12, 2), true, "numeric(12,2)", 4)),
                        List.of("a", "b"),
                        BeforeImage.KEY,
                        table.identity()));
        assertThat(table.identity()).matches("[1-9][0-9]+");
        assertThat(table.estimatedRows()).isEqualTo(5000);
        assertThat(table.estimatedBytes()).isBetween(200_000L, 500_000L);
        assertThat(table.notices()).isEmpty();
        assertThat(table("t", List.of("n")).schema().columns().get(2).type()).isEqualTo(ColumnType.STRING);
    }

    @Test
    void anUnknownSizeIsSaidToBeUnknown() {
        server.execute(database, "create table t (id int primary key)", "insert into t values (1)");
        assertThat(table("t", List.of()))
                .extracting(SourceTable::estimatedRows, SourceTable::estimatedBytes)
                .containsExactly(-1L, -1L);
    }

    @Test
    void theReplicaIdentityDecidesOnKeyAndBeforeImage() {
        server.execute(
                database,
                "create table keyless (v int)",
                "create table whole (id int primary key, v int)",
                "alter table whole replica identity full",
                "create table whole_keyless (v int)",
                "alter table whole_keyless replica identity full",
                "create table nothing (id int primary key)",
                "alter table nothing replica identity nothing",
                "create table by_index (id int primary key, c int not null, d int not null, e int)",
                "create unique index chosen on by_index (d, c) include (e)",
                "alter table by_index replica identity using index chosen",
                "create table deferred (id int primary key deferrable)");
        assertIdentity("keyless", BeforeImage.NONE);
        assertIdentity("whole", BeforeImage.FULL, "id");
        assertIdentity("whole_keyless", BeforeImage.FULL);
        assertIdentity("nothing", BeforeImage.NONE);
        assertIdentity("by_index", BeforeImage.KEY, "d", "c");
        assertIdentity("deferred", BeforeImage.NONE);
        assertThat(table("keyless", List.of()).notices())
                .containsExactly(
                        "no primary key: only inserts and truncates are captured, until there is a primary key or ALTER TABLE"
                                + " \"public\".\"keyless\" REPLICA IDENTITY FULL");
        assertThat(table("deferred", List.of()).notices())
                .containsExactly(
                        "its primary key is deferrable, not valid or generated: only inserts and truncates are captured, until there is"
                                + " a primary key or ALTER TABLE \"public\".\"deferred\" REPLICA IDENTITY FULL");
    }

    @Test
    void whatIsNotInTheLogIsNotListed() {
        server.execute(
                database,
                "create table t (id int primary key)",
                "create unlogged table u (id int primary key)",
                "create temporary table tmp (id int primary key)",
                "create view v as select * from t",
                "create materialized view m as select * from t",
                "create table mixed (id int primary key) partition by range (id)",
                "create unlogged table mixed_1 partition of mixed for values from (0) to (10)");
        try (LogSource source = TestSource.open(server, database, "p")) {
            assertThat(source.tables()).extracting(SourceTable::id).containsExactly(new TableId("public", "t"));
            assertThat(source.check(List.of(new TableId("public", "mixed")), Map.of()))
                    .anyMatch(finding -> finding.detail()
                            .equals(
                                    "table public.mixed cannot be captured: its partition public.mixed_1 is unlogged, so changes of it are not"
                                            + " in this database's log"));
        }
    }

    @Test
    void partitionsCountForTheirTable() {
        server.execute(
                database,
                "create table p (id int primary key) partition by range (id)",
                "create table p_1 partition of p for values from (0) to (1000) partition by range (id)",
                "create table p_1_1 partition of p_1 for values from (0) to (500)",
                "create table p_1_2 partition of p_1 for values from (500) to (1000)",
                "insert into p select generate_series(0, 999)",
                "analyze p_1_1",
                "analyze p_1_2",
                "create table uneven (id int not null, v int not null) partition by range (id)",
                "create table uneven_1 partition of uneven for values from (0) to (10)",
                "create table uneven_2 partition of uneven for values from (10) to (20)",
                "alter table uneven_1 add primary key (id)",
                "alter table uneven_2 add primary key (v)");
        assertThat(table("p", List.of()).estimatedRows()).isEqualTo(1000);
        assertThat(table("p", List.of()).notices())
                .containsExactly(
                        "partitioned: attaching, detaching, dropping or truncating a single partition that holds rows is not captured");
        assertIdentity("p", BeforeImage.KEY, "id");
        assertIdentity("uneven", BeforeImage.NONE);
        assertThat(table("uneven", List.of()).notices())
                .contains(
                        "only inserts and truncates are captured, because its partitions have different replica identities");
    }

    @Test
    void manyTablesAreListedWithFewQueries() {
        // Few enough for a test, many enough to show a query per table.
        server.execute(
                database,
                "do $$ begin for i in 1..2000 loop execute format('create table t_%s (id int primary key, a text, b int)', i); end loop; end $$");
        try (LogSource source = TestSource.open(server, database, "p")) {
            long started = System.nanoTime();
            assertThat(source.tables()).hasSize(2000);
            assertThat(System.nanoTime() - started).isLessThan(10_000_000_000L);
        }
    }

    private SourceTable table(String name, List<String> textColumns) {
        Map<String, ColumnType> chosen = new HashMap<>();
        textColumns.forEach(column -> chosen.put(column, ColumnType.STRING));
        try (LogSource source = TestSource.open(server, database, "p", Map.of(), TestSource.choices(name, chosen))) {
            return TestSource.table(source, "public", name);
        }
    }

    private void assertIdentity(String name, BeforeImage beforeImage, String... key) {
        RowSchema schema = table(name, List.of()).schema();
        assertThat(schema.beforeImage()).as(name).isEqualTo(beforeImage);
        assertThat(schema.key()).as(name).containsExactly(key);
    }
}
