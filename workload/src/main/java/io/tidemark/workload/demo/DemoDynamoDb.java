package io.tidemark.workload.demo;

import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running DynamoDB Local of its own in this process, on the loopback interface. Its tables are in memory, or in a folder in which a later one goes
 * on with them and their streams. One process at a time uses a folder.
 *
 * <p>DynamoDB Local is AWS's and comes under a license of its own, so that it is no part of the product: its jars are taken from Maven.
 */
public final class DemoDynamoDb implements AutoCloseable {
    /** What it is called. */
    public static final String NAME = "DynamoDB Local";

    private static final String ARTIFACT = "DynamoDBLocal";

    private final @Nullable FolderLock lock;
    private final DynamoDbServer server;

    private DemoDynamoDb(@Nullable FolderLock lock, DynamoDbServer server) {
        this.lock = lock;
        this.server = server;
    }

    /** The version that is used. */
    public static String version() {
        return MavenJar.dynamoDbLocal().stream()
                .filter(jar -> jar.artifact().equals(ARTIFACT))
                .findAny()
                .orElseThrow()
                .version();
    }

    /**
     * Where jars are looked for.
     *
     * @param environment environment variables of the user
     * @param fallback folder for downloads of a user without a home
     * @param repository URL of the Maven repository to download from; empty for the mirror of the user's Maven settings, else Maven Central
     */
    public record JarPlaces(Map<String, String> environment, Path fallback, Optional<URI> repository) {
        public JarPlaces {
            environment = Map.copyOf(environment);
        }
    }

    /**
     * The URL of a Maven repository.
     *
     * @throws TidemarkException INVALID_ARGUMENT when it is none
     */
    public static URI repository(String text) {
        return MavenJars.repository(text);
    }

    /**
     * Finds the server's jars in the user's cache or local Maven repository, or downloads them.
     *
     * @param progress receives a line before each download
     * @param notice receives a line for each file that is there and is not used
     * @throws TidemarkException DEMO_DATABASE when one cannot be had; INVALID_ARGUMENT when the mirror's URL is none
     * @throws InterruptedException between two downloads
     */
    public static List<Path> jars(JarPlaces places, Consumer<String> progress, Consumer<String> notice)
            throws InterruptedException {
        Path maven = UserFolders.home().map(home -> home.resolve(".m2")).orElse(places.fallback());
        MavenSettings settings = MavenSettings.read(maven.resolve("settings.xml"));
        String given = System.getProperty("maven.repo.local");
        Path local = given == null ? settings.localRepository().orElse(maven.resolve("repository")) : Path.of(given);
        URI remote = places.repository()
                .orElseGet(() -> MavenJars.repository(settings.mirror().orElse(MavenJars.CENTRAL)));
        Path cache = UserFolders.cache(places.environment()).orElse(places.fallback());
        return new MavenJars(cache.resolve("jars"), local, remote, notice)
                .find(NAME, MavenJar.dynamoDbLocal(), progress);
    }

    /**
     * Starts a server.
     *
     * @param jars from {@link #jars}
     * @param folder where its tables are and stay; empty for memory
     * @param port TCP port, or 0 for a free one
     * @throws TidemarkException DEMO_DATABASE when the folder is in use, or the server does not start
     */
    public static DemoDynamoDb start(List<Path> jars, Optional<Path> folder, int port) {
        FolderLock lock = folder.map(FolderLock::take).orElse(null);
        try {
            return new DemoDynamoDb(lock, DynamoDbServer.start(jars, folder, port));
        } catch (RuntimeException | LinkageError e) {
            unlock(lock);
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot start " + NAME + ": " + e.getMessage() + " (port=" + port + ")",
                    folder.isPresent() ? "Use another folder with --dir." : "Report this with the output of --trace.",
                    e);
        }
    }

    public URI endpoint() {
        return server.endpoint();
    }

    public String region() {
        return server.region();
    }

    public String accessKey() {
        return server.accessKey();
    }

    public String secretKey() {
        return server.secretKey();
    }

    @Override
    public void close() {
        server.close();
        unlock(lock);
    }

    private static void unlock(@Nullable FolderLock lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot close a lock file", e);
        }
    }
}
