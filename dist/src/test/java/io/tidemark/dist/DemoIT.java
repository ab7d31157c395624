package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user meets it: to the proof, kept and gone on with, and ended by Ctrl-C. */
class DemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern COUNT = Pattern.compile("\"rows\":(\\d+)");

    @TempDir
    Path folder;

    @Test
    void provesKeepsAndGoesOn() throws IOException {
        Path kept = folder.resolve("kept");
        RecordedCommand demo = demo("--dir", kept.toString(), "--keep", "--rows", "3000", "--duration", "2s");
        assertThat(demo.exitCode()).as(demo.toString()).isZero();
        assertThat(demo.out().lines().limit(3))
                .containsExactly(
                        "A PostgreSQL server of its own gets 3,000 rows and live writes, 300/s.",
                        "Tidemark mirrors it into an Iceberg lake, asks it in SQL, and proves both equal.",
                        "All of it is in " + kept + ".");
        assertThat(demo.out())
                .contains("rows loaded into 3 tables", "rows mirrored", "Who moves the most money?")
                .containsPattern("bank.accounts +equal")
                .containsPattern("bank.statements +equal")
                .containsPattern("bank.transactions +equal")
                .containsPattern("Proven equal: 3 tables, [\\d,]+ rows.")
                .containsPattern("Taken in .*, in which the writers committed [\\d,]+ transaction")
                .contains("proof      lake and database are equal")
                .doesNotContain("\u001b");

        Path config = kept.resolve("tidemark.yaml");
        assertThat(canConnect(config)).as("the server is stopped").isFalse();
        long rows = count(config);
        assertThat(rows).isGreaterThan(3_000);
        assertThat(RecordedCommand.run(config, Map.of(), "slices").exitCode()).isZero();

        RecordedCommand again = demo("--dir", kept.toString(), "--duration", "1s", "--json");
        assertThat(again.exitCode()).as(again.toString()).isZero();
        assertThat(again.out())
                .startsWith("{")
                .contains("\"kept\" : true", "\"load\" : null", "\"equal\" : true")
                .containsPattern("\"p99Millis\" : \\d+");
        assertThat(again.err())
                .startsWith("The PostgreSQL server of an earlier demo runs again and gets live writes, 300/s.")
                .contains("database has its rows already");
        assertThat(count(config)).as("the second demo wrote, too").isNotEqualTo(rows);
    }

    @Test
    void controlCEndsEverythingAndLeavesNothing() throws Exception {
        Path gone = folder.resolve("gone");
        Path log = Files.createFile(folder.resolve("demo.log"));
        Process process = CommandProcess.start(
                log, Map.of(), "demo", "--dir", gone.toString(), "--rows", "3000", "--duration", "10m");
        try {
            await().atMost(PATIENCE).until(() -> Files.readString(log).contains("The lake follows the live writes"));
            Path config = gone.resolve("tidemark.yaml");
            assertThat(canConnect(config)).isTrue();
            int port = port(config);
            interrupt(process);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(130);
            assertThat(gone).doesNotExist();
            assertThat(canConnect(port)).isFalse();
            assertThat(Files.readString(log)).endsWith("Stopped; all of it is deleted.\n");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void controlCWhileTheServerStartsLeavesNothing() throws Exception {
        Path gone = folder.resolve("gone");
        Path log = Files.createFile(folder.resolve("demo.log"));
        Process process = CommandProcess.start(log, Map.of(), "demo", "--dir", gone.toString());
        try {
            await().atMost(PATIENCE).until(() -> Files.isDirectory(gone.resolve("database")));
            interrupt(process);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(130);
            assertThat(gone).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }

    private RecordedCommand demo(String... options) {
        List<String> line = new ArrayList<>(List.of("demo"));
        line.addAll(List.of(options));
        return RecordedCommand.run(folder.resolve("none.yaml"), Map.of(), line.toArray(String[]::new));
    }

    /** TERM and not INT: what a script starts in the background ignores INT, and the JVM keeps to that. */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private static long count(Path config) {
        RecordedCommand query = RecordedCommand.run(
                config, Map.of(), "query", "--json", "select count(*) as rows from bank.transactions");
        assertThat(query.exitCode()).as(query.err()).isZero();
        Matcher matcher = COUNT.matcher(query.out());
        assertThat(matcher.find()).as(query.out()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static int port(Path config) throws IOException {
        Matcher matcher = Pattern.compile("127\\.0\\.0\\.1:(\\d+)/").matcher(Files.readString(config));
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static boolean canConnect(Path config) throws IOException {
        return canConnect(port(config));
    }

    private static boolean canConnect(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
