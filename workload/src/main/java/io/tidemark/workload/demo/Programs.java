package io.tidemark.workload.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs short programs to their end. */
final class Programs {
    private static final long RUN_SECONDS_MAX = 180;
    private static final int OUTPUT_BYTES_MAX = 16 * 1024;

    private Programs() {}

    /**
     * How a program ended.
     *
     * @param exitCode its exit code; -1 when it could not be started
     * @param output the start of what it wrote, both streams together
     */
    record Outcome(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    /**
     * Runs a program. The output goes through a file: a server that a program leaves behind inherits its streams, and a pipe would then never
     * end.
     */
    static Outcome run(List<String> command) {
        @Nullable Path output = null;
        try {
            output = Files.createTempFile("tidemark-program", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, "no end after " + RUN_SECONDS_MAX + " s");
            }
            return new Outcome(process.exitValue(), head(output));
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "interrupted");
        } finally {
            delete(output);
        }
    }

    private static String head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }

    private static void delete(@Nullable Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
