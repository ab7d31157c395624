package io.tidemark.testkit.s3;

import io.tidemark.server.ServerJars;
import io.tidemark.testkit.server.BuiltJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks S3 (S3Proxy) on a free port of this machine. Objects are files of a folder; signatures are checked; {@code If-None-Match: *}
 * is honoured. Its jars, from the module {@code testkit/s3}, have a class loader of their own, so that none of its libraries is seen by a test.
 */
public final class S3Server implements AutoCloseable {
    private static final String ACCESS_KEY = "tidemark";
    private static final String SECRET_KEY = "tidemark-secret";
    private static final String REGION = "eu-west-1";

    private final Path folder;
    private final ServerJars jars;
    private int port;
    private @Nullable Object server;

    private S3Server(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder.resolve("buckets"));
        Path logging = Files.createDirectories(folder.resolve("logging"));
        Files.writeString(logging.resolve("logback.xml"), "<configuration><root level=\"OFF\"/></configuration>");
        this.jars = ServerJars.open("s3", BuiltJars.s3(), logging);
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
            jars.call(server, "stop");
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
            jars.close();
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
        Object made = jars.inside(() -> {
            Class<?> store = jars.load("org.gaul.s3proxy.blobstore.BlobStore");
            Method createStore =
                    jars.load("org.gaul.s3proxy.Main").getDeclaredMethod("createBlobStore", Properties.class);
            createStore.setAccessible(true);
            Class<?> builders = jars.load("org.gaul.s3proxy.S3Proxy$Builder");
            Object builder =
                    builders.getMethod("fromProperties", Properties.class).invoke(null, settings);
            builders.getMethod("blobStore", store).invoke(builder, createStore.invoke(null, settings));
            return jars.call(builder, "build");
        });
        jars.call(made, "start");
        port = (int) jars.call(made, "getPort");
        server = made;
    }
}
