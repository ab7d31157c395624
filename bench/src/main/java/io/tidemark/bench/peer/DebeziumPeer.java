package io.tidemark.bench.peer;

import io.tidemark.bench.contest.Check;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.process.MeasuredProcess;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Debezium's embedded engine with its Postgres connector, whose events are counted and thrown away: what stands in front of Kafka, Spark or a sink in the pipelines that are built on it.
 * Set up for throughput: larger batches and a larger queue than by default, the pgoutput plug-in, no tombstones, events as objects.
 */
public final class DebeziumPeer {
    /** How it is set up, for the page. */
    public static final String NOTE =
            "Debezium 3.5.0's embedded engine hands events over as objects and they are thrown away; pgoutput, max.batch.size 16384, max.queue.size 65536,"
                    + " snapshot.fetch.size 16384, no tombstones, the same -Xmx1g.";

    private static final String MAIN = "io.tidemark.bench.debezium.EngineMain";
    private static final String SLOT = "debezium_peer";
    private static final String DONE = "done";

    private static final String PROCESS = "debezium";
    private static final double PART_OF_MEMORY = 0.25;

    private final BenchDatabase database;
    private final String table;
    private final String classPath;
    private final Path folder;

    private DebeziumPeer(BenchDatabase database, String table, String classPath, Path folder) {
        this.database = database;
        this.table = table;
        this.classPath = classPath;
        this.folder = folder;
    }

    /**
     * Finds the engine where the build put it.
     *
     * @param table in the schema public
     * @param folder for its files
     * @return empty when it is not there
     */
    public static Optional<DebeziumPeer> find(Path checkout, BenchDatabase database, String table, Path folder) {
        Path target = checkout.resolve("bench").resolve("debezium").resolve("target");
        return Files.isDirectory(target.resolve("jars"))
                ? Optional.of(new DebeziumPeer(
                        database, table, target.resolve("classes") + ":" + target.resolve("jars") + "/*", folder))
                : Optional.empty();
    }

    /** How a contender of Tidemark stands to it, where it ran. */
    public static List<Check> checks(List<Series> series, Series tidemark, double timesOfRate) {
        return Series.first(series, Side.PEER)
                .map(peer -> List.of(
                        Check.atLeast(
                                timesOfRate,
                                peer.unit() + " a second, " + tidemark.contender() + ", times " + peer.contender(),
                                tidemark.medianPerSecond() / peer.medianPerSecond()),
                        Check.atMost(
                                PART_OF_MEMORY,
                                "memory, " + tidemark.contender() + ", times " + peer.contender(),
                                (double) tidemark.peakBytes("tidemark") / peer.peakBytes(PROCESS))))
                .orElse(List.of());
    }

    /** Reads all rows. */
    public Measurement snapshot(long rows) throws Exception {
        Measurement measured = run(
                rows,
                Map.of("snapshot.mode", "initial_only", "slot.name", SLOT, "publication.autocreate.mode", "filtered"));
        database.dropSlot(SLOT);
        return measured;
    }

    /** Makes a slot at the end of the log as it is now, from which {@link #stream} reads. */
    public void beginStream() throws SQLException {
        database.execute(
                "create publication " + SLOT + " for table " + table,
                "select pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
    }

    /** Reads so many changes from there. */
    public Measurement stream(long changes) throws Exception {
        String slot = SLOT + "_run";
        database.execute("select pg_copy_logical_replication_slot('" + SLOT + "', '" + slot + "')");
        Measurement measured = run(
                changes,
                Map.of("snapshot.mode", "no_data", "slot.name", slot, "publication.autocreate.mode", "disabled"));
        database.dropSlot(slot);
        return measured;
    }

    private Measurement run(long events, Map<String, String> more) throws Exception {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "name", "peer",
                "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
                "offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
                "offset.flush.interval.ms", "10000",
                "topic.prefix", "peer",
                "plugin.name", "pgoutput",
                "publication.name", SLOT,
                "table.include.list", "public." + table,
                "tombstones.on.delete", "false"));
        properties.putAll(Map.of(
                "max.batch.size", "16384",
                "max.queue.size", "65536",
                "snapshot.fetch.size", "16384",
                "poll.interval.ms", "50"));
        properties.putAll(database.connectionProperties());
        properties.putAll(more);
        Path file = folder.resolve("debezium.properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        Path log = folder.resolve("debezium.log");
        double cpuBefore = database.cpuSeconds();
        try (MeasuredProcess process = MeasuredProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        classPath,
                        MAIN,
                        Long.toString(events),
                        file.toString()),
                Map.of(),
                log)) {
            double seconds = process.secondsUntil(() -> process.line(DONE).isPresent());
            return new Measurement(
                    events,
                    seconds,
                    List.of(process.use(PROCESS), new ProcessUse("postgres", database.cpuSeconds() - cpuBefore, 0)));
        }
    }
}
