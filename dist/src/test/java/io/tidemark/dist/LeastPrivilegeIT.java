package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.check.Checks;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A role that may log in and nothing else, and then what {@code tidemark check} says it needs. */
class LeastPrivilegeIT {
    private static final int ROUNDS_MAX = 10;

    @TempDir
    Path folder;

    @Test
    void whatCheckPrintsIsEnoughForTheWholePipeline() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            server.execute("postgres", "create role app", "create database bank owner app", "create role reader login");
            server.execute(
                    "bank",
                    "create schema money authorization app",
                    "set role app; create table money.accounts (id int primary key, balance numeric);"
                            + " insert into money.accounts select i, i from generate_series(1, 1000) i");
            try (MirroredPipeline mirrored = asReader(server)) {
                List<Finding> failed = failed(mirrored);
                assertThat(failed).isNotEmpty();
                for (int round = 0; round < ROUNDS_MAX && !failed.isEmpty(); round++) {
                    failed.forEach(finding -> server.execute("bank", statements(finding.remedy())));
                    failed = failed(mirrored);
                }
                assertThat(failed).isEmpty();
                mirrored.start();
                mirrored.awaitState(new TableId("money", "accounts"), TableState.LIVE);
                server.execute("bank", "update money.accounts set balance = 0 where id = 7");
                mirrored.prove();
                mirrored.pipeline().source().remove();
            }
        }
    }

    @Test
    void aTableThatTheRoleMayNotPublishWaitsForThePermissionAndStopsNoOther() throws Exception {
        TableId mine = new TableId("public", "mine");
        TableId others = new TableId("public", "others");
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            server.execute(
                    "postgres",
                    "create role app login",
                    "create role reader login replication",
                    "create database bank owner reader");
            server.execute(
                    "bank",
                    "grant create on schema public to app, reader",
                    "set role reader; create table mine (id int primary key)");
            try (MirroredPipeline mirrored = asReader(server)) {
                mirrored.start();
                mirrored.awaitState(mine, TableState.LIVE);
                server.execute(
                        "bank",
                        "set role app; create table others (id int primary key); insert into others values (1)");
                mirrored.awaitState(others, TableState.FAILED);
                TableRecord.Failure failure =
                        mirrored.pipeline().registry().load(others).failure();
                assertThat(failure.code()).isEqualTo("SOURCE_PERMISSION");
                assertThat(failure.reason()).startsWith("Cannot capture table public.others: role reader may not read");
                server.execute("bank", "insert into mine values (7)");
                await().atMost(MirroredPipeline.PATIENCE)
                        .until(() -> mirrored.query("select id from mine").equals(List.of(List.of(7))));
                assertThat(mirrored.told()).isEmpty();
                server.execute("bank", statements(failure.remedy()));
                await().atMost(MirroredPipeline.PATIENCE)
                        .until(() -> mirrored.pipeline()
                                .registry()
                                .load(others)
                                .failure()
                                .reason()
                                .contains("does not own table public.others"));
                server.execute(
                        "bank",
                        statements(mirrored.pipeline()
                                .registry()
                                .load(others)
                                .failure()
                                .remedy()));
                mirrored.awaitState(others, TableState.LIVE);
                server.execute("bank", "insert into others values (2)");
                mirrored.prove();
            }
        }
    }

    private MirroredPipeline asReader(EmbeddedPostgresServer server) throws IOException {
        return new MirroredPipeline(folder, """
                pipeline: bank
                source:
                  type: postgres
                  url: postgresql://localhost:%d/bank
                  user: reader
                lake:
                  location: ./lake
                slices: {interval: 1s}
                """.formatted(server.port()), Map.of());
    }

    private static List<Finding> failed(MirroredPipeline mirrored) {
        return Checks.run(mirrored.config(), new Plugins()).stream()
                .filter(finding -> finding.status() == Finding.Status.FAILED)
                .toList();
    }

    /** The statements of a remedy, without what it says of other ways. */
    private static String statements(String remedy) {
        assertThat(remedy).startsWith("Run: ");
        return remedy.substring("Run: ".length()).replaceAll(";? (or let|\\(on RDS).*", ";");
    }
}
