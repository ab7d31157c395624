package io.tidemark.bench.postgres;

import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.process.ClientTool;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code pg_recvlogical} to nowhere: reads what a slot holds as PostgreSQL's own client reads it, and throws it away. Each run has a slot of its own that
 * begins where the first one did.
 */
public final class RawStream {
    private static final String SLOT = "raw_stream";
    private static final String PUBLICATION = "raw_stream";

    private final BenchDatabase database;
    private final ClientTool client;
    private final List<String> options;

    private RawStream(BenchDatabase database, ClientTool client, List<String> options) {
        this.database = database;
        this.client = client;
        this.options = options;
    }

    /**
     * Makes a slot at the end of the log as it is now.
     *
     * @param tables what it publishes
     * @param options of pgoutput
     * @return empty when pg_recvlogical is not installed
     */
    public static Optional<RawStream> begin(BenchDatabase database, String tables, List<String> options)
            throws IOException, SQLException {
        Optional<ClientTool> client = ClientTool.find("pg_recvlogical");
        if (client.isPresent()) {
            database.execute(
                    "create publication " + PUBLICATION + " for table " + tables,
                    "select pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
        }
        return client.map(found -> new RawStream(database, found, options));
    }

    /** Reads all changes from there to the end of the log. */
    public Measurement read(long changes) throws Exception {
        String end = database.value("select pg_current_wal_flush_lsn()");
        database.execute("select pg_copy_logical_replication_slot('" + SLOT + "', '" + SLOT + "_run')");
        List<String> arguments = new ArrayList<>(List.of(
                "-d",
                database.conninfo(),
                "--slot",
                SLOT + "_run",
                "--start",
                "--no-loop",
                "--fsync-interval=0",
                "--endpos=" + end,
                "-f",
                "/dev/null",
                "-o",
                "publication_names=" + PUBLICATION));
        for (String option : options) {
            arguments.add("-o");
            arguments.add(option);
        }
        double before = database.cpuSeconds();
        double seconds = client.start(
                        database.clientEnvironment(),
                        arguments,
                        database.folder().resolve("pg_recvlogical.log"))
                .awaitEnd();
        double cpu = database.cpuSeconds() - before;
        database.dropSlot(SLOT + "_run");
        return new Measurement(changes, seconds, List.of(new ProcessUse("postgres", cpu, 0)));
    }

    /** Drops the slot, so that it holds no log any more. */
    public void end() throws SQLException {
        database.execute("select pg_drop_replication_slot('" + SLOT + "')", "drop publication " + PUBLICATION);
    }
}
