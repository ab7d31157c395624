package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog and the metadata store are databases of their own that go and come back, one at a time, while the source is written to. */
class ServicesAwayIT {
    @TempDir
    Path folder;

    @Test
    void aCatalogAndAMetadataStoreThatGoAreToldApartAndWaitedFor() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                EmbeddedPostgresServer catalog = EmbeddedPostgresServer.start();
                EmbeddedPostgresServer store = EmbeddedPostgresServer.start()) {
            String database = server.createDatabase();
            String more = """
                      properties: {type: jdbc, uri: "jdbc:postgresql://localhost:%d/%s", jdbc.user: postgres, jdbc.schema-version: V1}
                    metadata: {type: jdbc, url: "jdbc:postgresql://localhost:%d/%s", user: postgres}
                    slices: {interval: 1s}
                    """.formatted(catalog.port(), catalog.createDatabase(), store.port(), store.createDatabase());
            try (MirroredDatabase mirror = new MirroredDatabase(server, database, folder, more);
                    TpcB load = new TpcB(server, database, 1)) {
                load.load();
                mirror.start();
                mirror.awaitLive("pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers");
                load.start(1);
                mirror.prove();

                catalog.stop();
                mirror.awaitTold(ErrorCode.CATALOG_UNAVAILABLE);
                assertEnds(mirror, ErrorCode.CATALOG_UNAVAILABLE, "check");
                catalog.restart();
                mirror.awaitNothingTold();
                mirror.prove();

                store.stop();
                assertEnds(mirror, ErrorCode.METASTORE_UNAVAILABLE, "status");
                long before = load.transactions();
                await().atMost(MirroredDatabase.PATIENCE).until(() -> load.transactions() > before + 100);
                store.restart();
                mirror.awaitNothingTold();
                load.close();
                mirror.prove();
            }
        }
    }

    private static void assertEnds(MirroredDatabase mirror, ErrorCode code, String command) {
        RecordedCommand ended = RecordedCommand.run(mirror.file(), Map.of(), command);
        assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(code.exitCode());
        assertThat(ended.out() + ended.err()).contains(code.remedy());
    }
}
