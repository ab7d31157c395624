package io.tidemark.testkit.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An etcd of one member on free ports of 127.0.0.1, with its data in a temporary folder; see {@link EtcdBinary} for where it comes from. */
public final class EtcdServer implements AutoCloseable {
    private static final int STARTS_MAX = 5;
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    private static final String HOST = "127.0.0.1";

    private final Path binary = EtcdBinary.path();
    private final Path folder;
    private final List<String> tls;
    private int port;
    private int peerPort;
    private @Nullable Process process;

    private EtcdServer(List<String> tls) throws IOException {
        this.folder = Files.createTempDirectory("tidemark-etcd");
        this.tls = List.copyOf(tls);
    }

    /** Starts an empty server without TLS and without authentication. */
    public static EtcdServer start() {
        return start(List.of());
    }

    /**
     * Starts an empty server that speaks TLS, and to clients with this certificate only.
     *
     * @param certificate of the server and of clients, its own authority, PEM
     * @param key its key, PEM
     */
    public static EtcdServer startWithTls(Path certificate, Path key) {
        return start(List.of(
                "--cert-file=" + certificate,
                "--key-file=" + key,
                "--trusted-ca-file=" + certificate,
                "--client-cert-auth"));
    }

    private static EtcdServer start(List<String> tls) {
        try {
            EtcdServer server = new EtcdServer(tls);
            for (int attempt = 1; ; attempt++) {
                server.port = freePort();
                server.peerPort = freePort();
                try {
                    server.restart();
                    return server;
                } catch (IllegalStateException e) {
                    // Between the look for a free port and its use, another may have taken it.
                    if (attempt == STARTS_MAX) {
                        server.close();
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create((tls.isEmpty() ? "http://" : "https://") + HOST + ":" + port);
    }

    /** Ends the server's process; its data stays. */
    public void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        process = null;
        running.destroyForcibly();
        try {
            if (!running.waitFor(START_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Cannot stop etcd: it does not end (pid=" + running.pid() + ")");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again, on the port and with the data that it had. */
    public void restart() {
        stop();
        String peer = "http://" + HOST + ":" + peerPort;
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--name=one",
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + endpoint(),
                "--advertise-client-urls=" + endpoint(),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=one=" + peer));
        command.addAll(tls);
        Path log = folder.resolve("log");
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            await().atMost(START_WAIT).until(() -> isListening() || !started.isAlive());
            if (!started.isAlive()) {
                throw new IllegalStateException("Cannot start etcd: " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
