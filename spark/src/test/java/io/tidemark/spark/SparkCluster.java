package io.tidemark.spark;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A standalone cluster of Spark: a master and workers, each a process. */
final class SparkCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern MASTER = Pattern.compile("spark://127\\.0\\.0\\.1:\\d+");

    private final List<Process> processes = new ArrayList<>();
    private final String master;

    /** Starts it; workers have a core each. */
    SparkCluster(SparkHome home, Path folder, int workers) throws IOException {
        Path log = folder.resolve("master.log");
        processes.add(home.process(
                "org.apache.spark.deploy.master.Master",
                Map.of(),
                List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"),
                log));
        this.master = await().atMost(PATIENCE)
                .until(() -> find(log), Optional::isPresent)
                .orElseThrow();
        for (int i = 1; i <= workers; i++) {
            Path own = Files.createDirectories(folder.resolve("worker-" + i));
            processes.add(home.process(
                    "org.apache.spark.deploy.worker.Worker",
                    Map.of(),
                    List.of(
                            "--host",
                            "127.0.0.1",
                            "--port",
                            "0",
                            "--webui-port",
                            "0",
                            "--cores",
                            "3",
                            "--memory",
                            "3500m",
                            "--work-dir",
                            own.toString(),
                            master),
                    own.resolve("worker.log")));
            await().atMost(PATIENCE)
                    .until(() -> Files.readString(own.resolve("worker.log")).contains("registered with master"));
        }
    }

    private static Optional<String> find(Path log) throws IOException {
        Matcher matcher = MASTER.matcher(Files.readString(log));
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    /** What jobs name as their master. */
    String master() {
        return master;
    }

    /** Kills a worker with all that it runs, for good. */
    void killWorker() {
        Process worker = processes.remove(processes.size() - 1);
        List<ProcessHandle> executors = worker.descendants().toList();
        worker.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills an executor, if a job has one at the moment. */
    boolean killExecutor() {
        Optional<ProcessHandle> executor = processes.stream()
                .flatMap(process -> process.toHandle().descendants())
                .filter(child -> child.info()
                        .commandLine()
                        .filter(line -> line.contains("CoarseGrainedExecutorBackend"))
                        .isPresent())
                .findFirst();
        executor.ifPresent(ProcessHandle::destroyForcibly);
        return executor.isPresent();
    }

    /** Kills the driver of a job of this process, if there is one at the moment. */
    static boolean killDriver() {
        Optional<ProcessHandle> driver = ProcessHandle.current()
                .descendants()
                .filter(child -> child.info()
                        .commandLine()
                        .filter(line -> line.contains("org.apache.spark.deploy.SparkSubmit"))
                        .isPresent())
                .findFirst();
        driver.ifPresent(ProcessHandle::destroyForcibly);
        return driver.isPresent();
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
