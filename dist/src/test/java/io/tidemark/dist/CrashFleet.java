package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The processes of a pipeline, with failpoints in them, that are killed and started again. Used by one thread. */
final class CrashFleet implements AutoCloseable {
    /** What no crash of anything may make a process say. */
    private static final Pattern UNSEEMLY =
            Pattern.compile("^\\S+ ERROR .*|.*Exception in thread.*|.*code=INTERNAL.*|^\\s+at .*", Pattern.MULTILINE);

    private static final Pattern RELOAD = Pattern.compile(".*table is loaded again.*");

    private static final int KILLED = 137;

    private final Path config;
    private final Path folder;
    private final List<String> options;
    private final Map<Part, Running> running = new EnumMap<>(Part.class);
    private final List<String> reloads = new ArrayList<>();
    private int started;

    /** A process, by the command that it runs. */
    enum Part {
        CAPTURE("capture"),
        ORCHESTRATOR("orchestrate"),
        WORKER("work"),
        ALL_ROLES("run"),
        VERIFIER("verify");

        private final String command;

        Part(String command) {
            this.command = command;
        }
    }

    private record Running(Process process, Path log) {}

    /**
     * A process that has ended.
     *
     * @param failpoint the failpoint that it reached and the moment; empty when it was ended otherwise
     */
    record Ended(Part part, String failpoint) {}

    CrashFleet(Path config, Path folder) throws IOException {
        this.config = config;
        this.folder = folder;
        // They live for seconds: compiled well they would come too late.
        this.options = List.of(
                "-Xmx768m",
                "-javaagent:" + Failpoints.writeAgent(folder.resolve("failpoints.jar")),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC");
    }

    /** Starts those that do not run. */
    void startMissing(List<Part> parts) throws IOException {
        for (Part part : parts) {
            if (!running.containsKey(part)) {
                start(part);
            }
        }
    }

    void start(Part part) throws IOException {
        started++;
        Path log = folder.resolve("%05d-%s.log".formatted(started, part.command));
        running.put(
                part,
                new Running(
                        CommandProcess.start(
                                log, Map.of(), List.of(), options, part.command, "--config", config.toString()),
                        log));
    }

    /** Has all processes end at the failpoint, the first one that reaches it. */
    void arm(CrashPlan.Crash crash) {
        tell("arm " + crash.point() + " " + crash.moment() + " " + crash.call());
    }

    void disarm() {
        tell("disarm");
    }

    private void tell(String order) {
        for (Running part : running.values()) {
            try {
                part.process().getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
                part.process().getOutputStream().flush();
            } catch (IOException e) {
                // It has ended, which is noticed elsewhere.
                assertThat(part.process().isAlive() && !isEnding(part)).isFalse();
            }
        }
    }

    private static boolean isEnding(Running part) {
        try {
            return part.process().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    boolean isRunning(Part part) {
        return running.containsKey(part);
    }

    /** Whether some process was ended; a verifier also ends when it has done its work. */
    boolean hasCrashed() {
        return running.values().stream()
                .anyMatch(part -> !part.process().isAlive() && part.process().exitValue() == KILLED);
    }

    /** Forgets the processes that have ended, and returns them. What they have printed must be seemly. */
    List<Ended> reap() throws IOException {
        List<Ended> ended = new ArrayList<>();
        for (Part part : Part.values()) {
            Running gone = running.get(part);
            if (gone != null && !gone.process().isAlive()) {
                running.remove(part);
                ended.add(new Ended(part, examine(part, gone)));
            }
        }
        return ended;
    }

    private String examine(Part part, Running gone) throws IOException {
        String log = Files.readString(gone.log());
        assertThat(UNSEEMLY.matcher(log).results().map(found -> found.group()).toList())
                .as("unseemly lines of %s", gone.log())
                .isEmpty();
        RELOAD.matcher(log).results().forEach(found -> reloads.add(found.group()));
        String failpoint = log.lines()
                .filter(line -> line.startsWith(Failpoints.REACHED))
                .map(line -> line.substring(Failpoints.REACHED.length()))
                .findFirst()
                .orElse("");
        int exit = gone.process().exitValue();
        assertThat(exit == KILLED || part == Part.VERIFIER)
                .as("%s was killed, see %s (exit=%d)", part, gone.log(), exit)
                .isTrue();
        assertThat(exit).as("differences found, see %s", gone.log()).isNotEqualTo(10);
        Files.delete(gone.log());
        return failpoint;
    }

    /** Kills those that are not among these. */
    void killOthers(List<Part> parts) throws InterruptedException {
        for (Part part : Part.values()) {
            if (!parts.contains(part)) {
                kill(part);
            }
        }
    }

    /** Kills it with a signal that it cannot catch. */
    void kill(Part part) throws InterruptedException {
        Running victim = running.get(part);
        if (victim != null) {
            victim.process().destroyForcibly().waitFor();
        }
    }

    /** What processes that ended said of tables that were loaded again without being asked to. */
    List<String> reloads() {
        return reloads;
    }

    /** Ends all of them as an operator would; they must end well. */
    void stop() throws InterruptedException, IOException {
        running.values().forEach(part -> part.process().destroy());
        for (Map.Entry<Part, Running> part : running.entrySet()) {
            assertThat(part.getValue().process().waitFor(60, TimeUnit.SECONDS))
                    .as("%s stops, see %s", part.getKey(), part.getValue().log())
                    .isTrue();
            String log = Files.readString(part.getValue().log());
            assertThat(UNSEEMLY.matcher(log).results().map(found -> found.group()))
                    .isEmpty();
            RELOAD.matcher(log).results().forEach(found -> reloads.add(found.group()));
        }
        running.clear();
    }

    /** Kills what still runs; logs stay for who looks for the reason. */
    @Override
    public void close() {
        running.values().forEach(part -> part.process().destroyForcibly());
        running.values().forEach(CrashFleet::isEnding);
    }
}
