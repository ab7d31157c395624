package io.tidemark.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an {@link S3Server}, hands requests on as they are, so that signatures hold, and does to some of them what networks and storages do. One
 * request is one connection.
 */
public final class S3Faults implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 14;
    private static final long SLOW_MILLIS = 300;

    private final S3Server behind;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger met = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;
    private volatile int every = 1;

    /** What a request meets. */
    public enum Fault {
        NONE,
        /** Answered with 500 InternalError, not carried out. */
        ERROR_500,
        /** Answered with 503 SlowDown, not carried out. */
        SLOW_DOWN,
        /** The connection is reset before anything is answered. */
        RESET,
        /** Nobody answers; the connection stays open. */
        SILENCE,
        /** Carried out later. */
        SLOW,
        /** A body is cut in the midst by a reset; requests without one pass. */
        CUT_UPLOAD,
        /** An answer's body is cut in the midst by a reset; answers without one pass. */
        CUT_DOWNLOAD
    }

    public S3Faults(S3Server behind) {
        this.behind = behind;
        try {
            this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** What Iceberg's file access needs to come here. */
    public Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(behind.properties());
        properties.put("s3.endpoint", "http://127.0.0.1:" + listener.getLocalPort());
        return properties;
    }

    /** From now on every n-th request meets the fault; those that hang are let go. */
    public void inject(Fault kind, int everyNth) {
        met.set(0);
        every = everyNth;
        fault = kind;
        open.forEach(S3Faults::cut);
    }

    /** How many requests have met the fault. */
    public int met() {
        return met.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                // It is closed, or the client is gone.
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try (client) {
            Head request = Head.read(client.getInputStream());
            Fault kind = seen.incrementAndGet() % every == 0 ? fault : Fault.NONE;
            switch (kind) {
                case NONE -> forward(client, request, Fault.NONE);
                case ERROR_500 -> answer(client, request, "500 Internal Server Error", "InternalError");
                case SLOW_DOWN -> answer(client, request, "503 Slow Down", "SlowDown");
                case RESET -> reset(client);
                case SILENCE -> {
                    met.incrementAndGet();
                    client.getInputStream().readAllBytes();
                }
                case SLOW -> {
                    met.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
                    forward(client, request, Fault.NONE);
                }
                case CUT_UPLOAD, CUT_DOWNLOAD -> forward(client, request, kind);
            }
        } catch (IOException e) {
            // One side has ended the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private void answer(Socket client, Head request, String status, String code) throws IOException {
        met.incrementAndGet();
        if (!request.waits()) {
            client.getInputStream().readNBytes((int) request.length());
        }
        byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code
                        + "</Code><Message>made by a test" + "</Message><RequestId>1</RequestId></Error>")
                .getBytes(StandardCharsets.UTF_8);
        OutputStream out = client.getOutputStream();
        out.write(("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                        + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        if (!request.isHead()) {
            out.write(body);
        }
        out.flush();
    }

    private void reset(Socket client) throws IOException {
        met.incrementAndGet();
        client.setSoLinger(true, 0);
    }

    private void forward(Socket client, Head request, Fault kind) throws IOException {
        try (Socket server =
                new Socket(InetAddress.getLoopbackAddress(), behind.endpoint().getPort())) {
            open.add(server);
            OutputStream to = server.getOutputStream();
            to.write(request.closing());
            to.flush();
            threads.execute(() -> answers(client, server, request, kind));
            byte[] buffer = new byte[BUFFER_BYTES];
            boolean isCut = kind == Fault.CUT_UPLOAD && request.length() > 1;
            long left = isCut ? request.length() / 2 : Long.MAX_VALUE;
            InputStream from = client.getInputStream();
            while (left > 0) {
                int count = from.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    break;
                }
                to.write(buffer, 0, count);
                left -= count;
            }
            if (left == 0) {
                server.setSoLinger(true, 0);
                reset(client);
            }
            open.remove(server);
        }
    }

    private void answers(Socket client, Socket server, Head request, Fault kind) {
        try (server;
                client) {
            OutputStream to = client.getOutputStream();
            InputStream from = server.getInputStream();
            if (kind == Fault.CUT_DOWNLOAD && !request.isHead() && request.length() == 0) {
                Head answer = Head.read(from);
                to.write(answer.bytes());
                if (answer.length() > 1 || answer.endsWithConnection()) {
                    to.write(from.readNBytes((int) Math.max(1, answer.length() / 2)));
                    to.flush();
                    reset(client);
                    return;
                }
            }
            from.transferTo(to);
        } catch (IOException e) {
            // One side has ended the connection.
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
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(S3Faults::cut);
        threads.shutdownNow();
    }

    /** What comes before the body. */
    private record Head(String text) {
        static Head read(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            int state = 0;
            while (state < 4) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException();
                }
                head.write(next);
                boolean isExpected = next == (state % 2 == 0 ? '\r' : '\n');
                state = isExpected ? state + 1 : next == '\r' ? 1 : 0;
            }
            return new Head(head.toString(StandardCharsets.ISO_8859_1));
        }

        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean isHead() {
            return text.startsWith("HEAD ");
        }

        /** Whether the body is as long as the connection lasts, or in chunks. */
        boolean endsWithConnection() {
            return !text.toLowerCase(Locale.ROOT).contains("\r\ncontent-length:");
        }

        boolean waits() {
            return text.toLowerCase(Locale.ROOT).contains("\r\nexpect: 100-continue");
        }

        long length() {
            String lower = text.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("\r\ncontent-length:");
            return at < 0
                    ? 0
                    : Long.parseLong(lower.substring(at + 17, lower.indexOf('\r', at + 17))
                            .strip());
        }

        /** The same, as the last request of its connection; that is not signed. */
        byte[] closing() {
            String others = text.replaceAll("(?i)\r\nconnection:[^\r]*", "");
            return (others.substring(0, others.length() - 2) + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
