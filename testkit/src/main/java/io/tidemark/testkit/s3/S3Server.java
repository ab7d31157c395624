package io.tidemark.testkit.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks S3 (S3Proxy) on a free port of this machine. Objects are files of a folder; signatures are checked; {@code If-None-Match: *}
 * is honoured. Its jars, from the module {@code testkit/s3}, have a class loader of their own, so that none of its libraries is seen by a test.
 */
public final class S3Server implements AutoCloseable {
    private static final String JARS = "tidemark.s3.jars";
    private static final String ACCESS_KEY = "tidemark";
    private static final String SECRET_KEY = "tidemark-secret";
    private static final String REGION = "eu-west-1";

    private final Path folder;
    private final URLClassLoader loader;
    private int port;
    private @Nullable Object server;

    private S3Server(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder.resolve("buckets"));
        this.loader = loader(folder);
        launch();
    }

    /**
     * Starts a server.
     *
     * @param folder an empty folder for its objects
     */
    public static S3Server start(Path folder) {
        try {
            return new S3Server(folder);
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

    /** Makes a bucket; returns its URI without a slash at the end: {@code s3://name}. */
    public String createBucket(String name) {
        try {
            Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "s3://" + name;
    }

    /** Where the objects of a bucket are files. */
    public Path folder(String bucket) {
        return folder.resolve(URI.create(bucket).getHost());
    }

    /** What Iceberg's file access needs to come here. */
    public Map<String, String> properties() {
        return Map.of(
                "s3.endpoint", endpoint().toString(),
                "s3.path-style-access", "true",
                "s3.access-key-id", ACCESS_KEY,
                "s3.secret-access-key", SECRET_KEY,
                "client.region", REGION);
    }

    /** Ends the server; objects stay. */
    public void stop() {
        if (server != null) {
            call(server, "stop");
            server = null;
        }
    }

    /** Starts the server again, on the port that it had. */
    public void restart() {
        stop();
        launch();
    }

    @Override
    public void close() {
        stop();
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "s3proxy.endpoint",
                "http://127.0.0.1:" + port,
                "s3proxy.authorization",
                "aws-v4",
                "s3proxy.identity",
                ACCESS_KEY,
                "s3proxy.credential",
                SECRET_KEY,
                "s3proxy.ignore-unknown-headers",
                "true",
                "jclouds.provider",
                "filesystem-nio2",
                "jclouds.identity",
                ACCESS_KEY,
                "jclouds.credential",
                SECRET_KEY,
                "jclouds.filesystem.basedir",
                folder.toString()));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Class<?> store = loader.loadClass("org.gaul.s3proxy.blobstore.BlobStore");
            Method createStore =
                    loader.loadClass("org.gaul.s3proxy.Main").getDeclaredMethod("createBlobStore", Properties.class);
            createStore.setAccessible(true);
            Class<?> builders = loader.loadClass("org.gaul.s3proxy.S3Proxy$Builder");
            Object builder =
                    builders.getMethod("fromProperties", Properties.class).invoke(null, settings);
            builders.getMethod("blobStore", store).invoke(builder, createStore.invoke(null, settings));
            Object made = call(builder, "build");
            call(made, "start");
            port = (int) call(made, "getPort");
            server = made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot start the S3 server: " + e, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Object call(Object target, String method) {
        try {
            return target.getClass().getMethod(method).invoke(target);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Cannot call the S3 server: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot call the S3 server: " + e, e);
        }
    }

    private static URLClassLoader loader(Path folder) throws IOException {
        String jars = System.getProperty(JARS);
        if (jars == null) {
            throw new IllegalStateException(
                    "The system property " + JARS + " names no folder: run the test with Maven");
        }
        Path logging = Files.createDirectories(folder.resolve("logging"));
        Files.writeString(logging.resolve("logback.xml"), "<configuration><root level=\"OFF\"/></configuration>");
        List<URL> urls = new ArrayList<>();
        urls.add(logging.toUri().toURL());
        try (Stream<Path> found = Files.list(Path.of(jars))) {
            for (Path jar : found.sorted().toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader("s3", urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
