package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The server's files and programs: makes the database files, writes the settings, starts and stops. Not thread-safe. */
final class PostgresServer {

    private static final String DATA_FOLDER = "data";
    private static final String NEW_DATA_FOLDER = "data.new";
    private static final String BINARIES_FOLDER = "postgres";
    private static final String LOG_FILE = "server.log";
    private static final String PASSWORD_FILE = "password";
    private static final String SETTINGS_FILE = "tidemark.conf";
    private static final int PASSWORD_BYTES = 18;
    private static final int START_ATTEMPTS_MAX = 3;
    private static final int START_SECONDS_MAX = 90;
    private static final int STOP_SECONDS_MAX = 30;
    private static final int LOG_LINES_SHOWN = 6;
    private static final int LOG_BYTES_READ_MAX = 1 << 16;

    private final Path folder;
    private final ServerUser user;
    private final Consumer<String> progress;
    private @Nullable Path binaries;
    private @Nullable String password;
    private Map<String, String> settings = Map.of();
    private int port;

    PostgresServer(Path folder, ServerUser user, Consumer<String> progress) {
        this.folder = folder;
        this.user = user;
        this.progress = progress;
    }

    Path folder() {
        return folder;
    }

    int port() {
        return port;
    }

    String password() {
        if (password == null) {
            throw new IllegalStateException("Cannot tell the password: the server is not prepared");
        }
        return password;
    }

    boolean hasDatabase() {
        return Files.isDirectory(folder.resolve(DATA_FOLDER));
    }

    /** Unpacks the programs, makes the database files when there are none, and stops a server that was left behind. */
    void prepare() {
        binaries = PostgresBinaries.unpacked(user, folder.resolve(BINARIES_FOLDER), progress);
        Path data = folder.resolve(DATA_FOLDER);
        try {
            if (Files.isDirectory(data)) {
                user.own(data);
                password = Files.readString(folder.resolve(PASSWORD_FILE)).strip();
                stop();
            } else {
                password = createDatabase(data);
            }
        } catch (IOException e) {
            throw failure("Cannot prepare the demo database: " + e, e);
        }
    }

    /** Settings for the next start: the defaults, then these. */
    void configure(Map<String, String> more) {
        settings = new TreeMap<>(DemoDatabaseOptions.DEFAULT_SETTINGS);
        settings.putAll(more);
    }

    /** Starts and returns when connections are accepted. Port 0 is a free one, chosen again when another program takes it meanwhile. */
    void start(int wantedPort) {
        for (int attempt = 1; ; attempt++) {
            port = wantedPort == 0 ? freePort() : wantedPort;
            progress.accept("Starting PostgreSQL on port " + port);
            long logStart = writeSettings();
            Programs.Outcome outcome = pgCtl(
                    "start",
                    "-w",
                    "-t",
                    String.valueOf(START_SECONDS_MAX),
                    "-l",
                    folder.resolve(LOG_FILE).toString());
            if (outcome.succeeded()) {
                return;
            }
            boolean portTaken = !isFree(port);
            if (wantedPort != 0 || !portTaken || attempt >= START_ATTEMPTS_MAX) {
                String reason = portTaken ? "the port is taken" : logEnd(logStart, outcome.output());
                throw failure("Cannot start PostgreSQL: " + reason, null);
            }
        }
    }

    /**
     * Stops the server when it runs. First all connections are ended and the data is written back; when that takes too long, for example
     * because a replication client does not read, the server stops at once and recovers at its next start.
     */
    void stop() {
        if (binaries == null || !pgCtl("status").succeeded()) {
            return;
        }
        String seconds = String.valueOf(STOP_SECONDS_MAX);
        if (pgCtl("stop", "-m", "fast", "-w", "-t", seconds).succeeded()
                || pgCtl("stop", "-m", "immediate", "-w", "-t", seconds).succeeded()
                || !pgCtl("status").succeeded()) {
            return;
        }
        throw failure("Cannot stop PostgreSQL: it still runs after " + 2 * STOP_SECONDS_MAX + " s", null);
    }

    /** Deletes what the server wrote, and the folder when nothing else is in it. */
    void deleteFiles() throws IOException {
        for (String name :
                List.of(DATA_FOLDER, NEW_DATA_FOLDER, BINARIES_FOLDER, LOG_FILE, PASSWORD_FILE, FolderLock.FILE)) {
            Folders.delete(folder.resolve(name));
        }
        try (var rest = Files.list(folder)) {
            if (rest.findAny().isPresent()) {
                return;
            }
        }
        Files.deleteIfExists(folder);
    }

    /** Makes the files under another name first: a folder with the final name is always complete. */
    private String createDatabase(Path data) throws IOException {
        progress.accept("Creating the database files");
        Path fresh = folder.resolve(NEW_DATA_FOLDER);
        Folders.delete(fresh);
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(fresh);
        String generated = generatedPassword();
        Path passwordFile = folder.resolve(PASSWORD_FILE);
        writePrivately(passwordFile, generated);
        Path passwordForServer = folder.resolve(PASSWORD_FILE + ".new");
        writePrivately(passwordForServer, generated);
        try {
            user.own(passwordForServer);
            Programs.Outcome outcome = run(
                    "initdb",
                    "--pgdata=" + fresh,
                    "--username=" + DemoDatabase.NAME,
                    "--auth=scram-sha-256",
                    "--pwfile=" + passwordForServer,
                    "--encoding=UTF8",
                    "--locale=C");
            if (!outcome.succeeded()) {
                throw failure("Cannot create the database files: " + lastLines(outcome.output()), null);
            }
        } finally {
            Files.deleteIfExists(passwordForServer);
        }
        Files.writeString(
                fresh.resolve("postgresql.conf"),
                "\ninclude_if_exists = '" + SETTINGS_FILE + "'\n",
                StandardOpenOption.APPEND);
        Files.move(fresh, data);
        return generated;
    }

    /** Writes settings and log file for the server's user; returns where this start's log lines begin. */
    private long writeSettings() {
        StringBuilder text = new StringBuilder("port = ").append(port).append('\n');
        settings.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        Path file = folder.resolve(DATA_FOLDER).resolve(SETTINGS_FILE);
        Path log = folder.resolve(LOG_FILE);
        try {
            Files.writeString(file, text);
            user.own(file);
            if (!Files.exists(log)) {
                Files.createFile(log);
            }
            user.own(log);
            return Files.size(log);
        } catch (IOException e) {
            throw failure("Cannot write the server's settings: " + e, e);
        }
    }

    private Programs.Outcome pgCtl(String action, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of(action, "-D", folder.resolve(DATA_FOLDER).toString()));
        all.addAll(List.of(arguments));
        return run("pg_ctl", all.toArray(String[]::new));
    }

    private Programs.Outcome run(String program, String... arguments) {
        if (binaries == null) {
            throw new IllegalStateException("Cannot run " + program + ": the server is not prepared");
        }
        List<String> command = new ArrayList<>();
        command.add(PostgresBinaries.program(binaries, program).toString());
        command.addAll(List.of(arguments));
        return Programs.run(user.command(command));
    }

    private String logEnd(long from, String otherwise) {
        try (InputStream in = Files.newInputStream(folder.resolve(LOG_FILE))) {
            in.skipNBytes(from);
            String log = new String(in.readNBytes(LOG_BYTES_READ_MAX), StandardCharsets.UTF_8);
            return lastLines(log.isBlank() ? otherwise : log);
        } catch (IOException e) {
            return lastLines(otherwise);
        }
    }

    private static String lastLines(String text) {
        List<String> lines = text.strip().lines().toList();
        return String.join("; ", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }

    private TidemarkException failure(String message, @Nullable Throwable cause) {
        return new TidemarkException(ErrorCode.DEMO_DATABASE, message + " (folder=" + folder + ")", cause);
    }

    private static void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n");
    }

    private static String generatedPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot find a free port", e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
