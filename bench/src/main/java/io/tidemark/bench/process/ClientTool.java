package io.tidemark.bench.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A client program of PostgreSQL that is installed on this machine ({@code psql}, {@code pg_recvlogical}): in a folder of the path, or where Debian puts it.
 * Without it there is no limit to measure with.
 */
public record ClientTool(Path program) {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    /** Empty when it is not installed. */
    public static Optional<ClientTool> find(String name) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            folders.add(Path.of(folder));
        }
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.sorted().map(version -> version.resolve("bin")).forEach(folders::add);
            }
        }
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(ClientTool::new);
    }

    /** @param log file that takes what it prints */
    public MeasuredProcess start(Map<String, String> environment, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        return MeasuredProcess.start(command, environment, log);
    }
}
