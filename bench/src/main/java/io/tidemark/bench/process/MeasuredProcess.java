package io.tidemark.bench.process;

import io.tidemark.bench.contest.ProcessUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process whose time counts from its start. */
public final class MeasuredProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 60;
    private static final long LOOK_MILLIS = 10;
    private static final int LINES_SHOWN = 20;

    private final Process process;
    private final Path log;
    private final long started;

    private MeasuredProcess(Process process, Path log, long started) {
        this.process = process;
        this.log = log;
        this.started = started;
    }

    /**
     * Starts a program.
     *
     * @param environment variables that it has besides those of this process
     * @param log file that takes what it prints
     */
    public static MeasuredProcess start(List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        long started = System.nanoTime();
        return new MeasuredProcess(builder.start(), log, started);
    }

    /**
     * Starts a program of the benchmarks' own, which has the class path and the plug-ins of this process.
     *
     * @param options of Java
     * @param log file that takes what it prints
     */
    public static MeasuredProcess startJava(List<String> options, Class<?> main, List<String> arguments, Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-Dtidemark.plugins=" + System.getProperty("tidemark.plugins", ""));
        command.add("-Dlake=" + System.getProperty("lake", "iceberg"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return start(command, Map.of(), log);
    }

    /** Waits until the condition holds. */
    public void await(BooleanSupplier condition) throws InterruptedException, IOException {
        while (!condition.getAsBoolean()) {
            if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "Cannot go on: a process ended by itself (exit=" + process.exitValue() + "): " + lastLines());
            }
        }
    }

    /** Waits until the condition holds; returns the seconds since the start. */
    public double secondsUntil(BooleanSupplier condition) throws InterruptedException, IOException {
        await(condition);
        return seconds();
    }

    /** Waits until it ends, which has to be well; returns the seconds since the start. */
    public double awaitEnd() throws InterruptedException, IOException {
        int exit = process.waitFor();
        double seconds = seconds();
        if (exit != 0) {
            throw new IllegalStateException("Cannot go on: a process failed (exit=" + exit + "): " + lastLines());
        }
        return seconds;
    }

    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    /**
     * What it has used so far.
     *
     * @param name of the process, for people
     */
    public ProcessUse use(String name) throws IOException {
        return ProcessMeter.use(name, process.pid());
    }

    /** The first line that it has printed so far, to its end, and that begins so. */
    public Optional<String> line(String beginning) {
        try {
            String printed = Files.readString(log);
            return printed.substring(0, printed.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith(beginning))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    }

    /** Stops it as an operator would. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException("Cannot go on: a process does not stop");
        }
    }
}
