package io.tidemark.testkit.dynamodb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server that speaks DynamoDB and DynamoDB Streams (DynamoDB Local) on a free port of 127.0.0.1. Tables are in memory and the same for each
 * region and access key; signatures are not checked; nothing is sent to anyone. Its jars, from the module {@code testkit/dynamodb}, have a class
 * loader of their own, so that none of its libraries is seen by a test.
 *
 * <p>It is put together from DynamoDB Local's parts, since its main class takes no port 0, listens on all addresses and prints.
 */
public final class DynamoDbServer implements AutoCloseable {
    private static final String JARS = "tidemark.dynamodb.jars";
    private static final String PARTS = "com.amazonaws.services.dynamodbv2.local.server.";
    private static final byte[] HOST = {127, 0, 0, 1};
    private static final String ACCESS_KEY = "tidemark";
    private static final String SECRET_KEY = "tidemark-secret";
    private static final String REGION = "eu-west-1";
    private static final long THREAD_END_MILLIS = 10_000;

    private final Path logging;
    private final URLClassLoader loader;
    private final Object database;
    private final Object listener;
    private final int port;

    private DynamoDbServer() throws IOException {
        this.logging = Files.createTempDirectory("tidemark-dynamodb");
        this.loader = loader(logging);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Object requests = loader.loadClass(PARTS + "LocalDynamoDBRequestHandler")
                    .getConstructor(int.class, boolean.class, String.class, boolean.class, boolean.class)
                    .newInstance(0, true, null, true, false);
            // It opens the database at the first request; rolling shards is a call on the database, not a request.
            Method open = requests.getClass().getDeclaredMethod("getHandler", String.class);
            open.setAccessible(true);
            this.database = open.invoke(requests, ACCESS_KEY);
            Object protocol = loader.loadClass(PARTS + "LocalDynamoDBServerHandler")
                    .getConstructor(loader.loadClass(PARTS + "DynamoDBRequestHandler"), String.class)
                    .newInstance(requests, null);
            Class<?> listeners = loader.loadClass("org.eclipse.jetty.server.Server");
            this.listener = listeners
                    .getConstructor(InetSocketAddress.class)
                    .newInstance(new InetSocketAddress(InetAddress.getByAddress(HOST), 0));
            listeners
                    .getMethod("setHandler", loader.loadClass("org.eclipse.jetty.server.Handler"))
                    .invoke(listener, protocol);
            call(listener, "start");
            Object connector = ((Object[]) call(listener, "getConnectors"))[0];
            this.port = (int) call(connector, "getLocalPort");
            connector.getClass().getMethod("setPort", int.class).invoke(connector, port);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot start the DynamoDB server: " + e, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Starts a server without tables. */
    public static DynamoDbServer start() {
        try {
            return new DynamoDbServer();
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
        call(database, "triggerShardRollovers");
    }

    /** Ends listening; tables and streams stay. */
    public void stop() {
        call(listener, "stop");
    }

    /** Listens again, on the port that it had. */
    public void restart() {
        stop();
        call(listener, "start");
    }

    @Override
    public void close() {
        stop();
        call(database, "shutdownNow");
        awaitThreads();
        try {
            loader.close();
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
                if (thread.getContextClassLoader() == loader) {
                    thread.join(THREAD_END_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Object call(Object target, String method) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return target.getClass().getMethod(method).invoke(target);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Cannot call the DynamoDB server: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot call the DynamoDB server: " + e, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URLClassLoader loader(Path logging) throws IOException {
        String jars = System.getProperty(JARS);
        if (jars == null) {
            throw new IllegalStateException(
                    "The system property " + JARS + " names no folder: run the test with Maven");
        }
        Files.writeString(
                logging.resolve("log4j2.xml"),
                "<Configuration status=\"OFF\"><Loggers><Root level=\"OFF\"/></Loggers></Configuration>");
        List<URL> urls = new ArrayList<>();
        urls.add(logging.toUri().toURL());
        try (Stream<Path> found = Files.list(Path.of(jars))) {
            for (Path jar : found.sorted().toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader("dynamodb", urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
