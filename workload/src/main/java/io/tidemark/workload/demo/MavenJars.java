package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds jars: in the user's cache, in the local Maven repository, or in a Maven repository on the network, from where they go into the cache. Each
 * file is compared with its SHA-256 wherever it was found.
 *
 * @param cache folder for what is downloaded; made when missing
 * @param local the local Maven repository; may be missing
 * @param remote URL of a Maven repository, http or https
 * @param notice receives a line for each file that is there and is not used
 */
record MavenJars(Path cache, Path local, URI remote, Consumer<String> notice) {
    static final String CENTRAL = "https://repo1.maven.org/maven2";

    private static final int CONNECT_MILLIS = 15_000;
    private static final int READ_MILLIS = 60_000;
    private static final int OK = 200;
    private static final long MEGABYTE = 1_000_000;

    /**
     * The URL of a repository.
     *
     * @throws TidemarkException INVALID_ARGUMENT when it is none that could be called
     */
    static URI repository(String text) {
        try {
            URI url = new URI(text);
            boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (web && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // The same error as for the URL of something else.
        }
        throw new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot use the Maven repository: its URL must read https://host/path, without user and password",
                "Name one with --maven-repository, for example " + CENTRAL,
                null);
    }

    /**
     * The files of the jars, in their order.
     *
     * @param name what they are together, for people
     * @param progress receives a line before each download
     * @throws TidemarkException DEMO_DATABASE when one cannot be had, or the repository's is another one; what was downloaded before stays
     * @throws InterruptedException between two downloads
     */
    List<Path> find(String name, List<MavenJar> jars, Consumer<String> progress) throws InterruptedException {
        List<@Nullable Path> found = new ArrayList<>();
        List<MavenJar> missing = new ArrayList<>();
        for (MavenJar jar : jars) {
            Path path = present(jar).orElse(null);
            found.add(path);
            if (path == null) {
                missing.add(jar);
            }
        }
        long bytes = missing.stream().mapToLong(MavenJar::bytes).sum();
        List<Path> paths = new ArrayList<>();
        int downloaded = 0;
        for (int i = 0; i < jars.size(); i++) {
            Path path = found.get(i);
            if (path == null) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped between two downloads");
                }
                downloaded++;
                progress.accept("downloading " + name + " (first use only): " + downloaded + " of " + missing.size()
                        + " files, " + Math.max(1, bytes / MEGABYTE) + " MB");
                path = download(name, jars.get(i));
            }
            paths.add(path);
        }
        return paths;
    }

    private Optional<Path> present(MavenJar jar) {
        for (Path folder : List.of(cache, local)) {
            Path file = folder.resolve(jar.path());
            try {
                if (!Files.isRegularFile(file)) {
                    continue;
                }
                if (Files.size(file) == jar.bytes()
                        && digest(Files.readAllBytes(file)).equals(jar.sha256())) {
                    return Optional.of(file);
                }
                notice.accept("Not used, since its SHA-256 is another one: " + file);
            } catch (IOException e) {
                notice.accept("Not used, since it cannot be read: " + file);
            }
        }
        return Optional.empty();
    }

    private Path download(String name, MavenJar jar) {
        URI url = URI.create(remote.toString().replaceFirst("/*$", "/") + jar.path());
        byte[] content;
        try {
            content = content(url, jar.bytes());
        } catch (IOException e) {
            throw refused(name, url, reason(e), e);
        }
        String found = digest(content);
        if (!found.equals(jar.sha256())) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot use " + jar.fileName() + ": the repository's SHA-256 is another one (url=" + url
                            + ", expected=" + jar.sha256() + ", found=" + found + ")",
                    "Name another Maven repository with --maven-repository, or ask who runs this one.",
                    null);
        }
        return keep(jar, content);
    }

    /** @throws IOException also when there is more than a file of this size, whose rest is not read */
    private static byte[] content(URI url, long bytes) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        if (connection.getResponseCode() != OK) {
            throw new IOException("the repository answered " + connection.getResponseCode());
        }
        try (InputStream in = connection.getInputStream()) {
            byte[] content = in.readNBytes(Math.toIntExact(bytes) + 1);
            if (content.length != bytes) {
                throw new IOException(
                        "the file has " + (content.length > bytes ? "more" : "less") + " than " + bytes + " bytes");
            }
            return content;
        }
    }

    private static String reason(IOException failure) {
        if (failure instanceof UnknownHostException) {
            return "its name is unknown";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private TidemarkException refused(String name, URI url, String reason, IOException cause) {
        return new TidemarkException(
                ErrorCode.DEMO_DATABASE,
                "Cannot download " + name + ": " + reason + " (url=" + url + ")",
                "Start it again when the repository can be reached, which goes on where it ended; name another one with"
                        + " --maven-repository; or copy the folder " + cache
                        + " from a machine on which it has run.",
                cause);
    }

    /** Writes beside the target and renames, so that a target that exists is always whole. */
    private Path keep(MavenJar jar, byte[] content) {
        Path target = cache.resolve(jar.path());
        Path folder = cache.resolve(jar.path()).resolveSibling("");
        Path part = target.resolveSibling(jar.fileName() + ".part-" + UUID.randomUUID());
        try {
            Files.createDirectories(folder);
            try {
                Files.write(part, content);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            return target;
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot keep " + jar.fileName() + ": " + e + " (folder=" + cache + ")",
                    "Make the folder writable, or name another cache folder in the environment variable XDG_CACHE_HOME.",
                    e);
        }
    }

    static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
