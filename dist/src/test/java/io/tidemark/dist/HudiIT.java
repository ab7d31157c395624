package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors in Hudi, whose plug-in has a folder and a class loader of its own. */
class HudiIT {
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
    void aMirrorWithoutLogFilesIsQueriedAndProvenByItsFiles() throws Exception {
        try (MirroredDatabase mirrored = live("copy-on-write")) {
            change(mirrored);
            assertThat(mirrored.query("select id, _tidemark_deleted_at is null from soft order by id"))
                    .containsExactly(List.of(1, false), List.of(2, true));
            assertThat(mirrored.query("select count(distinct id) from t")).containsExactly(List.of(1_600L));
            mirrored.stop();
            mirrored.execute("truncate t", "insert into t (id, name) values (7, 'seven')");
            mirrored.start();
            mirrored.prove();
            assertThat(mirrored.query("select id, name, u, made from t"))
                    .containsExactly(Arrays.asList(7, "seven", null, null));
        }
    }

    @Test
    void aMirrorWithLogFilesIsProvenByHudisReaderAndNotQueried() throws Exception {
        try (MirroredDatabase mirrored = live("merge-on-read")) {
            change(mirrored);
            assertThat(isReadByItsFiles(mirrored)).isFalse();
            assertThatThrownBy(() -> mirrored.query("select count(*) from t"))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.QUERY_REJECTED, TidemarkException::code)
                    .returns(
                            "Cannot query public.t: changes in its Hudi log files are not merged into Parquet files yet",
                            TidemarkException::reason)
                    .extracting(TidemarkException::remedy)
                    .asString()
                    .contains("Spark SQL");
            RecordedCommand query = RecordedCommand.run(mirrored.file(), Map.of(), "query", "select * from t");
            assertThat(query.exitCode()).isNotZero();
            assertThat(query.err()).contains("public.t").contains("Spark SQL").doesNotContain("\tat ");
            VerifyRequest range = new VerifyRequest(
                    List.of(T),
                    Optional.of("-500"),
                    Optional.of("100"),
                    VerifyRequest.Repair.REPORT,
                    10,
                    Duration.ofMinutes(1));
            TableProof proof = mirrored.verify(range).proofs().get(0);
            assertThat(proof.outcome()).isEqualTo(TableProof.Outcome.EQUAL);
            assertThat(proof.certificate().orElseThrow().mirrorRows()).isBetween(1L, 600L);
        }
    }

    @Test
    void aColumnThatIsAddedIsFollowedAndARenamedOneLoadsTheTableAgain() throws Exception {
        try (MirroredDatabase mirrored = live("copy-on-write")) {
            mirrored.execute(
                    "insert into t values (1, 'one', 1.5, '00000000-0000-0000-0000-00000000002a', '12:00', '{1,null}', now())",
                    "alter table t add column extra text",
                    "insert into t (id, name, extra) values (2, 'two', 'x')");
            mirrored.prove();
            assertThat(mirrored.query(
                            "select id, name, cast(u as varchar), cast(tt as varchar), extra from t order by id"))
                    .containsExactly(
                            Arrays.asList(1, "one", "00000000-0000-0000-0000-00000000002a", "12:00:00", null),
                            Arrays.asList(2, "two", null, null, "x"));
            assertThat(mirrored.pipeline().registry().load(T).notices())
                    .noneMatch(notice -> notice.startsWith("loaded again"));
            mirrored.execute("alter table t rename column name to title", "update t set title = 'zwei' where id = 2");
            Awaitility.await().atMost(MirroredDatabase.PATIENCE).untilAsserted(() -> {
                TableRecord loaded = mirrored.pipeline().registry().load(T);
                assertThat(loaded.notices()).anyMatch(notice -> notice.startsWith("loaded again"));
                assertThat(loaded.state()).isEqualTo(TableState.LIVE);
            });
            mirrored.prove();
            assertThat(mirrored.query("select title from t order by id"))
                    .containsExactly(List.of("one"), List.of("zwei"));
        }
    }

    @Test
    void aStagedSnapshotIsRefusedBeforeAnythingIsRead() throws Exception {
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, """
                  type: hudi
                spark: {jar: any.jar}
                tables:
                  - {include: public.*, engine: spark, snapshot: staged}
                """)) {
            assertThatThrownBy(mirrored::start)
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code)
                    .returns("Take snapshot: staged out of the rule.", TidemarkException::remedy);
        }
    }

    private static void change(MirroredDatabase mirrored) throws Exception {
        mirrored.execute(
                "insert into t values (1, 'one', 1.5, '00000000-0000-0000-0000-00000000002a', '12:00', '{1,null}', now())",
                "insert into t select i, md5(i::text), i, gen_random_uuid(), '00:00', '{}', now() from generate_series(2, 2000) i",
                "insert into soft values (1, 'a'), (2, 'b')");
        mirrored.prove();
        mirrored.execute(
                "update t set name = 'changed' where id % 3 = 0",
                "delete from t where id % 5 = 0",
                "update t set id = -id where id % 7 = 0",
                "delete from soft where id = 1");
        mirrored.prove();
    }

    private static boolean isReadByItsFiles(MirroredDatabase mirrored) {
        try (LakeTable table = mirrored.pipeline().lake().find(T).orElseThrow()) {
            return table.pin().unreadable().isEmpty();
        }
    }

    private MirroredDatabase live(String kind) throws Exception {
        MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, """
                  type: hudi
                  table-type: %s
                slices: {interval: 1s}
                tables:
                  - {include: public.soft, delete: soft}
                  - {include: public.*, partition: ["bucket(4, id)"]}
                """.formatted(kind));
        mirrored.execute(
                "create table t (id int primary key, name text, n numeric(20,3), u uuid, tt time, l int[], made timestamptz)",
                "create table soft (id int primary key, v text)");
        mirrored.start();
        mirrored.awaitLive("t", "soft");
        return mirrored;
    }
}
