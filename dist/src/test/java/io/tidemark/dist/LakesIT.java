package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One database under load, mirrored into all formats at once: each is proven meanwhile, and all hold the same in the end. */
class LakesIT {
    private static final List<String> FORMATS =
            List.of("type: iceberg", "type: iceberg\n  deletes: position-deletes", "type: delta", "type: hudi");
    private static final String SUMS =
            "select (select sum(abalance) from pgbench_accounts), (select count(*) from pgbench_history),"
                    + " (select sum(delta) from pgbench_history), (select sum(tbalance) from pgbench_tellers)";

    @TempDir
    Path folder;

    @Test
    void allFormatsHoldTheSameUnderLoad() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            String database = server.createDatabase();
            List<MirroredDatabase> mirrors = new ArrayList<>();
            try (TpcB load = new TpcB(server, database, 1)) {
                load.load();
                for (String format : FORMATS) {
                    String name = "lake" + mirrors.size();
                    mirrors.add(new MirroredDatabase(
                            server,
                            database,
                            name,
                            Files.createDirectories(folder.resolve(name)),
                            "  " + format + "\nslices: {interval: 1s}\ntables:\n  - {include: public.*}\n"));
                }
                compare(load, mirrors);
            } finally {
                for (MirroredDatabase mirror : mirrors) {
                    mirror.close();
                }
            }
        }
    }

    private static void compare(TpcB load, List<MirroredDatabase> mirrors) throws Exception {
        for (MirroredDatabase mirror : mirrors) {
            mirror.start();
        }
        for (MirroredDatabase mirror : mirrors) {
            mirror.awaitLive("pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers");
        }
        load.start(1);
        for (MirroredDatabase mirror : mirrors) {
            mirror.prove();
        }
        load.close();
        assertThat(load.transactions()).isPositive();
        List<List<List<Object>>> sums = new ArrayList<>();
        for (MirroredDatabase mirror : mirrors) {
            mirror.prove();
            sums.add(mirror.query(SUMS));
        }
        assertThat(sums).allSatisfy(found -> assertThat(found).isEqualTo(sums.get(0)));
    }
}
