package io.tidemark.testkit.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Stands before a server on this machine, hands bytes on, and loses answers or whole connections when it is told to. */
public final class LossyConnections implements AutoCloseable {
    private final int behind;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Loss> next = new AtomicReference<>();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean isRefusing;

    /** What a client sends, and when the server has carried it out. */
    private record Loss(String text, AtomicInteger toPass, Callable<Boolean> isDone) {}

    /** @param behind port of the server */
    public LossyConnections(int behind) {
        this.behind = behind;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Loses the answer to the next request that holds a text: the connection says nothing more, and is cut as soon as the request has been carried out.
     *
     * @param text in one piece in what is sent
     * @param toPass how many requests with the text are handed on as usual before
     * @param isDone whether the request has been carried out
     */
    public void loseNextAnswer(String text, int toPass, Callable<Boolean> isDone) {
        next.set(new Loss(text, new AtomicInteger(toPass), isDone));
    }

    /** How many answers were lost. */
    public int lost() {
        return lost.get();
    }

    /** Cuts every connection, and each new one at once, until it is told otherwise. */
    public void refuseAll(boolean isToRefuse) {
        isRefusing = isToRefuse;
        if (isToRefuse) {
            open.forEach(LossyConnections::cut);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (isRefusing) {
                    cut(client);
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), behind);
                open.add(client);
                open.add(server);
                Connection connection = new Connection(client, server);
                threads.execute(connection::requests);
                threads.execute(connection::answers);
            } catch (IOException e) {
                // The server is down, or this is closed: the client sees a connection that ends.
            }
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean isSilent;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() {
            try (InputStream from = client.getInputStream();
                    OutputStream to = server.getOutputStream()) {
                byte[] buffer = new byte[1 << 16];
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    Loss loss = next.get();
                    if (loss != null
                            && new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(loss.text())
                            && loss.toPass().getAndDecrement() == 0
                            && next.compareAndSet(loss, null)) {
                        isSilent = true;
                        to.write(buffer, 0, count);
                        await().until(loss.isDone());
                        lost.incrementAndGet();
                        break;
                    }
                    to.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // One side has ended the connection.
            } finally {
                end();
            }
        }

        void answers() {
            try (InputStream from = server.getInputStream();
                    OutputStream to = client.getOutputStream()) {
                byte[] buffer = new byte[1 << 16];
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    if (!isSilent) {
                        to.write(buffer, 0, count);
                    }
                }
            } catch (IOException e) {
                // One side has ended the connection.
            } finally {
                end();
            }
        }

        private void end() {
            cut(client);
            cut(server);
            open.remove(client);
            open.remove(server);
        }
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }

    @Override
    public void close() {
        cut(listener);
        open.forEach(LossyConnections::cut);
        threads.shutdownNow();
    }

    private static void cut(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }
}
