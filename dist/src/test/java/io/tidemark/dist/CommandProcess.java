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

    private CommandProcess() {}

    /**
     * Starts a command.
     *
     * @param log file that takes what it prints
     * @param environment variables that it has besides those of this process
     */
    static Process start(Path log, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
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
