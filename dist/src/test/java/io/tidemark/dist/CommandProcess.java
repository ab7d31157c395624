package io.tidemark.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Commands of Tidemark in processes of their own, so that they can be killed. */
final class CommandProcess {
    private static final String PLUGINS = "tidemark.plugins";
    private static final List<String> HEAP = List.of("-Xmx768m");

    private CommandProcess() {}

    /**
     * Starts a command.
     *
     * @param log file that takes what it prints
     * @param environment variables that it has besides those of this process
     */
    static Process start(Path log, Map<String, String> environment, String... arguments) throws IOException {
        return start(log, environment, List.of(), HEAP, arguments);
    }

    /**
     * Starts a command under limits.
     *
     * @param launcher program that starts what its last arguments say
     * @param options of Java
     */
    static Process start(
            Path log, Map<String, String> environment, List<String> launcher, List<String> options, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-D" + PLUGINS + "=" + System.getProperty(PLUGINS, ""),
                "-cp",
                System.getProperty("java.class.path"),
                "io.tidemark.dist.Main"));
        command.addAll(List.of(arguments));
        Files.deleteIfExists(log);
        Files.createFile(log);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
