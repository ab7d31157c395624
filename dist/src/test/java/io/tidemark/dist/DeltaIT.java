package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.CanonicalText;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors in Delta, proven by the query engine and read again by Delta Kernel. */
class DeltaIT {
    private static final TableId T = new TableId("public", "t");

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
    void theMirrorFollowsChangesAndIsProven() throws Exception {
        try (MirroredDatabase mirrored = live()) {
            mirrored.execute(
                    "insert into t values (1, 'one', 1.5, '00000000-0000-0000-0000-00000000002a', '12:00', '{1,null}', now())",
                    "insert into t select i, md5(i::text), i, gen_random_uuid(), '00:00', '{}', now() from generate_series(2, 20000) i",
                    "insert into soft values (1, 'a'), (2, 'b')");
            mirrored.prove();
            mirrored.execute(
                    "update t set name = 'changed' where id % 3 = 0",
                    "delete from t where id % 5 = 0",
                    "update t set id = -id where id % 7 = 0",
                    "delete from soft where id = 1");
            mirrored.prove();
            assertThat(mirrored.query("select id, _tidemark_deleted_at is null from soft order by id"))
                    .containsExactly(List.of(1, false), List.of(2, true));
            assertThat(rows(mirrored))
                    .isEqualTo(mirrored.query("select count(*) from t").get(0).get(0));
            mirrored.stop();
            mirrored.execute("truncate t", "insert into t (id, name) values (7, 'seven')");
            mirrored.start();
            mirrored.prove();
            assertThat(mirrored.query("select id, name, u, made from t"))
                    .containsExactly(Arrays.asList(7, "seven", null, null));
        }
    }

    @Test
    void columnsAreFollowedAndTypesThatDeltaLacksAreStrings() throws Exception {
        try (MirroredDatabase mirrored = live()) {
            mirrored.execute(
                    "insert into t values (1, 'one', 1.5, '00000000-0000-0000-0000-00000000002a', '12:00', '{1,null}', now())",
                    "alter table t rename column name to title",
                    "alter table t drop column l, add column extra text",
                    "insert into t (id, title, extra) values (2, 'two', 'x')");
            mirrored.prove();
            assertThat(mirrored.query("select id, title, u, tt, extra from t order by id"))
                    .containsExactly(
                            Arrays.asList(1, "one", "00000000-0000-0000-0000-00000000002a", "12:00:00", null),
                            Arrays.asList(2, "two", null, null, "x"));
            TableRecord record = mirrored.pipeline().registry().load(T);
            assertThat(record.notices())
                    .contains(
                            "column u is carried as string: the lake has no type for uuid",
                            "column tt is carried as string: the lake has no type for time")
                    .noneMatch(notice -> notice.startsWith("loaded again"));
            mirrored.execute("alter table t add column v uuid", "update t set v = u where id = 1");
            Awaitility.await().atMost(MirroredDatabase.PATIENCE).untilAsserted(() -> {
                TableRecord loaded = mirrored.pipeline().registry().load(T);
                assertThat(loaded.notices()).anyMatch(notice -> notice.startsWith("loaded again"));
                assertThat(loaded.state()).isEqualTo(TableState.LIVE);
            });
            mirrored.prove();
            assertThat(mirrored.query("select v from t order by id"))
                    .containsExactly(List.of("00000000-0000-0000-0000-00000000002a"), Arrays.asList((Object) null));
        }
    }

    private MirroredDatabase live() throws Exception {
        MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, """
                  type: delta
                slices: {interval: 1s}
                tables:
                  - {include: public.soft, delete: soft}
                  - {include: public.*}
                """);
        mirrored.execute(
                "create table t (id int primary key, name text, n numeric(20,3), u uuid, tt time, l int[], made timestamptz)",
                "create table soft (id int primary key, v text)");
        mirrored.start();
        mirrored.awaitLive("t", "soft");
        return mirrored;
    }

    /** Rows of the mirror by Delta Kernel, each with as many columns as the table. */
    private static long rows(MirroredDatabase mirrored) {
        List<String> keys = new ArrayList<>();
        try (LakeTable table = mirrored.pipeline().lake().find(T).orElseThrow()) {
            table.readAll(table.pin(), (ChangeBatch batch) -> {
                for (int row = 0; row < batch.size(); row++) {
                    keys.add(CanonicalText.text(batch.column(0), row));
                }
            });
        }
        assertThat(keys).doesNotHaveDuplicates();
        return keys.size();
    }
}
