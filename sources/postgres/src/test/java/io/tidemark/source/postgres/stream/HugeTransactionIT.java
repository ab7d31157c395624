package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.spi.source.TypeChoices;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A transaction far larger than the heap passes; a process of its own has that heap. */
class HugeTransactionIT {
    @ParameterizedTest
    @CsvSource({"500000, 48m, false", "5000000, 512m, true"})
    void passesWithASmallHeap(int rows, String heap, boolean slow, @TempDir Path scratch) throws Exception {
        assumeTrue(!slow || Boolean.getBoolean("tidemark.slow"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                StreamProbe probe = new StreamProbe(server, scratch)) {
            probe.execute(
                    "create table t (id int primary key, note text, at timestamptz default now(), amount numeric(12,2) default 1.25)");
            probe.open().close();
            probe.execute("insert into t select i, repeat('x', 100) from generate_series(1, " + rows + ") i");
            assertThat(read(server, probe, heap, rows, scratch))
                    .isEqualTo(rows + " rows, sum " + (long) rows * (rows + 1L) / 2);
        }
    }

    private static String read(EmbeddedPostgresServer server, StreamProbe probe, String heap, int rows, Path scratch)
            throws IOException, InterruptedException, SQLException {
        Path output = scratch.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reader.class.getName(),
                        Integer.toString(server.port()),
                        probe.database(),
                        probe.slot(),
                        Integer.toString(rows),
                        scratch.resolve("spill").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor())
                .as(Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        return lines.get(lines.size() - 1);
    }

    /** Reads the rows and prints how many there were. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) {
            int rows = Integer.parseInt(arguments[3]);
            CountingSink sink = new CountingSink(8192);
            ReplicationRequest request = new ReplicationRequest(
                    StreamProbe.connections(Integer.parseInt(arguments[0]), arguments[1]),
                    arguments[2],
                    List.of("probe"),
                    Optional.empty(),
                    List.of(),
                    TypeChoices.NONE,
                    Path.of(arguments[4]),
                    Clock.systemUTC());
            try (PostgresChangeStream stream = PostgresChangeStream.open(request)) {
                while (sink.rows() < rows) {
                    stream.poll(sink, Duration.ofMillis(100));
                }
            }
            System.out.println(sink.rows() + " rows, sum " + sink.sum());
        }
    }
}
