package io.tidemark.bench.postgres;

import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.process.ClientTool;
import io.tidemark.bench.process.MeasuredProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a table by {@code COPY} in the binary format over several connections, each a part of its pages, and throws the bytes away. */
public final class RawCopy {
    private final BenchDatabase database;
    private final ClientTool psql;
    private final int connections;

    private RawCopy(BenchDatabase database, ClientTool psql, int connections) {
        this.database = database;
        this.psql = psql;
        this.connections = connections;
    }

    /** Empty when psql is not installed. */
    public static Optional<RawCopy> find(BenchDatabase database, int connections) throws IOException {
        return ClientTool.find("psql").map(psql -> new RawCopy(database, psql, connections));
    }

    /** Over TCP, to a client that writes them to {@code /dev/null}. */
    public Measurement toClient(String table, long rows) throws Exception {
        return measure(table, rows, "\\copy (%s) to '/dev/null' (format binary)");
    }

    /** From the server to {@code /dev/null}: what it takes to read the rows and form them, without anyone who gets them. */
    public Measurement inServer(String table, long rows) throws Exception {
        return measure(table, rows, "copy (%s) to '/dev/null' (format binary)");
    }

    private Measurement measure(String table, long rows, String copy) throws Exception {
        double before = database.cpuSeconds();
        long started = System.nanoTime();
        List<MeasuredProcess> running = new ArrayList<>();
        for (String part : parts(table)) {
            running.add(psql.start(
                    database.clientEnvironment(),
                    List.of("-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.conninfo(), "-c", copy.formatted(part)),
                    database.folder().resolve("psql-" + running.size() + ".log")));
        }
        for (MeasuredProcess one : running) {
            double unused = one.awaitEnd();
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Measurement(rows, seconds, List.of(new ProcessUse("postgres", database.cpuSeconds() - before, 0)));
    }

    private List<String> parts(String table) throws SQLException {
        long pages = database.number("select pg_relation_size('" + table + "') / current_setting('block_size')::int");
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            String upper = i == connections - 1 ? "" : " and ctid < '(" + pages * (i + 1) / connections + ",0)'::tid";
            parts.add("select * from " + table + " where ctid >= '(" + pages * i / connections + ",0)'::tid" + upper);
        }
        return parts;
    }
}
