package io.tidemark.engine.job;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.RunningJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Starts jobs as processes of {@code spark-submit}. Free-form pairs of the section are Spark's own properties ({@code --conf}). */
final class SparkSubmit implements JobRunner {
    private static final int LOGS_KEPT = 20;
    private static final long GRACE_SECONDS = 10;

    private final Settings settings;
    private final Path config;
    private final Path logs;

    SparkSubmit(Settings settings, Path config, Path logs) {
        this.settings = settings;
        this.config = config;
        this.logs = logs;
    }

    static Path command(Settings settings) {
        return settings.find(SparkSubmitProvider.HOME)
                .map(home -> Path.of(home).toAbsolutePath().resolve("bin").resolve("spark-submit"))
                .orElse(Path.of("spark-submit"));
    }

    @Override
    public RunningJob start(String name, List<String> arguments) {
        Path log = logs.resolve(name + "-" + UUID.randomUUID() + ".log");
        try {
            Files.createDirectories(logs);
            dropOldLogs();
            Process process = new ProcessBuilder(command(name, arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process.getOutputStream().close();
            return new Submitted(process, log);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.ENGINE_FAILED,
                    "Cannot start a job: " + e.getMessage() + " (command=" + command(settings) + ")",
                    "Set spark.home to Spark's folder; 'tidemark check' tests it.",
                    e);
        }
    }

    private List<String> command(String name, List<String> arguments) {
        boolean isCluster = settings.value(SparkSubmitProvider.DEPLOY_MODE).equals("cluster");
        List<String> command = new ArrayList<>(List.of(
                command(settings).toString(),
                "--name",
                name,
                "--class",
                MAIN_CLASS,
                "--master",
                settings.value(SparkSubmitProvider.MASTER),
                "--deploy-mode",
                settings.value(SparkSubmitProvider.DEPLOY_MODE)));
        if (isCluster) {
            command.addAll(List.of("--files", config.toString()));
        }
        settings.properties().forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
        command.add(settings.value(SparkSubmitProvider.JAR));
        command.addAll(List.of("--config", isCluster ? String.valueOf(config.getFileName()) : config.toString()));
        command.addAll(arguments);
        return command;
    }

    /** Logs of ended jobs are of use for a while only. */
    private void dropOldLogs() throws IOException {
        try (var files = Files.list(logs)) {
            List<Path> old = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted(java.util.Comparator.comparingLong(
                                    (Path file) -> file.toFile().lastModified())
                            .reversed())
                    .skip(LOGS_KEPT)
                    .toList();
            for (Path file : old) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() {
        // Each job belongs to who started it.
    }

    private record Submitted(Process process, Path log) implements RunningJob {
        @Override
        public Optional<JobEnd> poll() {
            if (process.isAlive()) {
                return Optional.empty();
            }
            int code = process.exitValue();
            return Optional.of(new JobEnd(code == 0, "exit=" + code + ", log=" + log));
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
