package io.tidemark.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server that speaks DynamoDB and DynamoDB Streams (DynamoDB Local) on a free port of 127.0.0.1. Tables are in memory, or in files of a folder, and the same for each
 * region and access key; signatures are not checked; nothing is sent to anyone. Its jars have a class loader of their own.
 *
 * <p>It is put together from DynamoDB Local's parts, since its main class takes no port 0, listens on all addresses and prints.
 */
public final class DynamoDbServer implements AutoCloseable {
    private static final String PARTS = "com.amazonaws.services.dynamodbv2.local.server.";
    private static final byte[] HOST = {127, 0, 0, 1};
    private static final String ACCESS_KEY = "tidemark";
    private static final String SECRET_KEY = "tidemark-secret";
    private static final String REGION = "eu-west-1";
    private static final long THREAD_END_MILLIS = 10_000;

    private final Path logging;
    private final ServerJars jars;
    private final Object database;
    private final Object listener;
    private final int port;

    private DynamoDbServer(List<Path> classPath, Optional<Path> folder, int wantedPort) throws IOException {
        this.logging = Files.createTempDirectory("tidemark-dynamodb");
        Files.writeString(
                logging.resolve("log4j2.xml"),
                "<Configuration status=\"OFF\"><Loggers><Root level=\"OFF\"/></Loggers></Configuration>");
        this.jars = ServerJars.open("dynamodb", classPath, logging);
        Object requests = jars.inside(() -> jars.load(PARTS + "LocalDynamoDBRequestHandler")
                .getConstructor(int.class, boolean.class, String.class, boolean.class, boolean.class)
                .newInstance(0, folder.isEmpty(), folder.map(Path::toString).orElse(null), true, false));
        this.database = jars.inside(() -> {
            // It opens the database at the first request; rolling shards is a call on the database, not a request.
            Method open = requests.getClass().getDeclaredMethod("getHandler", String.class);
            open.setAccessible(true);
            return open.invoke(requests, ACCESS_KEY);
        });
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(HOST), wantedPort);
        this.listener = jars.inside(() -> listener(requests, address));
        try {
            jars.call(listener, "start");
        } catch (RuntimeException e) {
            // The port may be another's; the folder is free again.
            close();
            throw e;
        }
        Object connector = ((Object[]) jars.call(listener, "getConnectors"))[0];
        this.port = (int) jars.call(connector, "getLocalPort");
        jars.inside(() -> connector.getClass().getMethod("setPort", int.class).invoke(connector, port));
    }

    private Object listener(Object requests, InetSocketAddress address) throws ReflectiveOperationException {
        Object protocol = jars.load(PARTS + "LocalDynamoDBServerHandler")
                .getConstructor(jars.load(PARTS + "DynamoDBRequestHandler"), String.class)
                .newInstance(requests, null);
        Class<?> listeners = jars.load("org.eclipse.jetty.server.Server");
        Object made = listeners.getConstructor(InetSocketAddress.class).newInstance(address);
        listeners
                .getMethod("setHandler", jars.load("org.eclipse.jetty.server.Handler"))
                .invoke(made, protocol);
        return made;
    }

    /**
     * Starts a server without tables, which are in memory, on a free port.
     *
     * @param jars DynamoDB Local and all that it needs
     */
    public static DynamoDbServer start(List<Path> jars) {
        return start(jars, Optional.empty(), 0);
    }

    /**
     * Starts a server.
     *
     * @param jars DynamoDB Local and all that it needs
     * @param folder where tables and streams are, which exists and which no other server uses; empty for memory
     * @param port TCP port, or 0 for a free one
     */
    public static DynamoDbServer start(List<Path> jars, Optional<Path> folder, int port) {
        try {
            return new DynamoDbServer(jars, folder, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public String accessKey() {
        return ACCESS_KEY;
    }

    public String secretKey() {
        return SECRET_KEY;
    }

    public String region() {
        return REGION;
    }

    /**
     * Closes the open shard of each stream and opens its child, as DynamoDB does after some hours. Both are there when this returns. It is one child
     * for each shard: a shard that splits in two cannot be had.
     */
    public void rollShards() {
        jars.call(database, "triggerShardRollovers");
    }

    /** Ends listening; tables and streams stay. */
    public void stop() {
        jars.call(listener, "stop");
    }

    /** Listens again, on the port that it had. */
    public void restart() {
        stop();
        jars.call(listener, "start");
    }

    @Override
    public void close() {
        stop();
        jars.call(database, "shutdownNow");
        awaitThreads();
        try {
            jars.close();
            Files.deleteIfExists(logging.resolve("log4j2.xml"));
            Files.deleteIfExists(logging);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server's threads load classes until they end. */
    private void awaitThreads() {
        try {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (jars.isOf(thread)) {
                    thread.join(THREAD_END_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
