package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Real disks of a few megabytes, in memory, that one process has of its own: in a mount namespace, which needs no rights beside that of making one. */
record SmallDisks(List<Path> folders) {
    private static final int MEBIBYTES = 48;

    /** What makes the namespace: as another user than root, with a user namespace. */
    private static List<String> unshare() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-m") : List.of("unshare", "-Urm");
    }

    /** Skips the test where the system does not give such a namespace. */
    void assumePossible() throws Exception {
        boolean isPossible;
        try {
            isPossible = new ProcessBuilder(launcher("true")).start().waitFor() == 0;
        } catch (IOException e) {
            isPossible = false;
        }
        assumeTrue(isPossible, "this system lets nobody mount a disk in a namespace (unshare, mount)");
    }

    /** Starts what follows with the disks. */
    List<String> launcher(String... more) {
        StringBuilder mounts = new StringBuilder();
        folders.forEach(folder -> mounts.append("mount -t tmpfs -o size=")
                .append(MEBIBYTES)
                .append("m none '")
                .append(folder)
                .append("' && "));
        List<String> command = new java.util.ArrayList<>(unshare());
        command.addAll(List.of("sh", "-c", mounts + "exec \"$@\"", "sh"));
        command.addAll(List.of(more));
        return command;
    }

    /** Starts what follows where the process sees them. */
    static List<String> inside(Process process) {
        List<String> enter = new java.util.ArrayList<>(List.of("nsenter", "-t", Long.toString(process.pid()), "-m"));
        if (unshare().contains("-Urm")) {
            enter.addAll(List.of("-U", "--preserve-credentials"));
        }
        return enter;
    }

    /** The folder as the process sees it. */
    static Path of(Process process, Path folder) {
        return Path.of("/proc", Long.toString(process.pid()), "root")
                .resolve(folder.toString().substring(1));
    }

    /** Fills the process's disk; returns the file to delete to have room again. */
    static Path fill(Process process, Path folder) throws IOException {
        Path ballast = of(process, folder).resolve("ballast");
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[1 << 12];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(MachineLimits.reached(e)).hasValue(ErrorCode.DISK_FULL);
        }
        return ballast;
    }

    /** Runs a command where the process sees its disks; returns what it exited with. */
    static int run(Process process, Path log, String... arguments) throws Exception {
        Process command = CommandProcess.start(log, Map.of(), inside(process), List.of("-Xmx512m"), arguments);
        try {
            assertThat(command.waitFor(3, TimeUnit.MINUTES)).isTrue();
            return command.exitValue();
        } finally {
            command.destroyForcibly();
        }
    }
}
