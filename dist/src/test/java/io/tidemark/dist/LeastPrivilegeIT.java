package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.check.Checks;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
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
            try (MirroredPipeline mirrored = new MirroredPipeline(folder, """
                    pipeline: bank
                    source:
                      type: postgres
                      url: postgresql://localhost:%d/bank
                      user: reader
                    lake:
                      location: ./lake
                    """.formatted(server.port()), Map.of())) {
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
