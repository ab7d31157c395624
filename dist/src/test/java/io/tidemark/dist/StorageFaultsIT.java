package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import io.tidemark.testkit.s3.S3Faults;
import io.tidemark.testkit.s3.S3Faults.Fault;
import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What storages and networks do to requests, one after the other, to a pipeline that runs in a small process of its own under load: nothing dies, status
 * says what it is and what to do, and after each the pipeline goes on by itself. In the end it is proven, and read by DuckDB.
 */
class StorageFaultsIT {
    private static final List<String> HEAP = List.of("-Xmx320m", "-XX:+ExitOnOutOfMemoryError");
    private static final String SUM = "select sum(abalance), count(*) from pgbench_accounts";

    @TempDir
    Path folder;

    /** Iceberg; the slow form takes Delta too. */
    static List<String> lakes() {
        return Boolean.getBoolean("tidemark.slow") ? List.of("iceberg", "delta") : List.of("iceberg");
    }

    @ParameterizedTest
    @MethodSource("lakes")
    void everyFaultOfTheStorageIsToldAndGoneThrough(String lake) throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                S3Server storage = S3Server.start(folder.resolve("s3"));
                S3Faults faults = new S3Faults(storage)) {
            String location = storage.createBucket("bucket") + "/lake";
            String database = server.createDatabase();
            Path own = Files.createDirectories(folder.resolve("mirror"));
            try (TpcB load = new TpcB(server, database, 1);
                    MirroredDatabase mirror =
                            new MirroredDatabase(server, database, database, own, location, settings(lake, faults))) {
                load.load();
                load.start(1);
                Path log = folder.resolve("run.log");
                // The load itself is met by errors, too.
                faults.inject(Fault.ERROR_500, 7);
                Process run = CommandProcess.start(
                        log,
                        Map.of(),
                        List.of(),
                        HEAP,
                        "run",
                        "--config",
                        mirror.file().toString());
                try {
                    mirror.awaitLive("pgbench_accounts", "pgbench_tellers");
                    assertThat(faults.met()).isPositive();
                    goesOn(mirror, faults, load, Fault.ERROR_500, 7);
                    goesOn(mirror, faults, load, Fault.SLOW, 1);
                    goesOn(mirror, faults, load, Fault.CUT_UPLOAD, 7);
                    goesOn(mirror, faults, load, Fault.CUT_DOWNLOAD, 7);
                    stops(mirror, faults, load, Fault.SLOW_DOWN, ErrorCode.STORAGE_THROTTLED);
                    for (Fault fault : EnumSet.of(
                            Fault.ERROR_500, Fault.RESET, Fault.SILENCE, Fault.CUT_UPLOAD, Fault.CUT_DOWNLOAD)) {
                        stops(mirror, faults, load, fault, ErrorCode.STORAGE_UNAVAILABLE);
                    }
                    assertThat(run.isAlive()).isTrue();
                    load.close();
                    mirror.prove();
                    assertThat(mirror.query(SUM)).isEqualTo(sum(server, database));
                    assertThat(mirror.status().roleErrors()).isEmpty();
                } finally {
                    faults.inject(Fault.NONE, 1);
                    run.destroy();
                    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
                }
                assertThat(run.exitValue()).isEqualTo(128 + 15);
                assertThat(Files.readString(log)).doesNotContain("code=INTERNAL", "\tat ", "memory is exhausted");
            }
        }
    }

    /** With some requests failing, changes reach the mirrors. */
    private static void goesOn(MirroredDatabase mirror, S3Faults faults, TpcB load, Fault fault, int every) {
        faults.inject(fault, every);
        long applied = mirror.applied();
        long before = load.transactions();
        await().atMost(MirroredDatabase.PATIENCE)
                .until(() -> mirror.applied() > applied && faults.met() > 3 && load.transactions() > before);
        goesOnWithoutFault(mirror, faults);
    }

    /** With every request failing, changes wait in the database. */
    private static void stops(MirroredDatabase mirror, S3Faults faults, TpcB load, Fault fault, ErrorCode code) {
        faults.inject(fault, 1);
        long before = load.transactions();
        RoleReport told = mirror.awaitTold(code);
        assertThat(told.remedy()).as(told.toString()).isEqualTo(code.remedy());
        assertThat(RecordedCommand.run(mirror.file(), Map.of(), "status").out())
                .contains("failed and tries again", code.remedy());
        await().atMost(MirroredDatabase.PATIENCE).until(() -> load.transactions() > before);
        goesOnWithoutFault(mirror, faults);
    }

    private static void goesOnWithoutFault(MirroredDatabase mirror, S3Faults faults) {
        faults.inject(Fault.NONE, 1);
        mirror.awaitNothingTold();
        long applied = mirror.applied();
        await().atMost(MirroredDatabase.PATIENCE).until(() -> mirror.applied() > applied);
    }

    private static List<List<Object>> sum(EmbeddedPostgresServer server, String database) throws Exception {
        try (var connection = server.connect(database);
                var result = connection.createStatement().executeQuery(SUM)) {
            result.next();
            return List.of(List.of(new java.math.BigInteger(result.getString(1)), result.getLong(2)));
        }
    }

    private static String settings(String lake, S3Faults faults) {
        Map<String, String> properties = new HashMap<>(faults.properties());
        properties.putAll(Map.of(
                "s3.retry.num-retries", "2",
                "s3.retry.min-wait-ms", "100",
                "s3.retry.max-wait-ms", "500",
                "http-client.apache.socket-timeout-ms", "1500"));
        return "  type: " + lake + "\n  properties:\n"
                + properties.entrySet().stream()
                        .map(property -> "    " + property.getKey() + ": \"" + property.getValue() + "\"\n")
                        .collect(Collectors.joining())
                + "slices: {interval: 1s}\ntables:\n  - {include: public.pgbench_accounts}\n  - {include: public.pgbench_tellers}\n";
    }
}
