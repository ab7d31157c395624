package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** The server's programs, unpacked once per user from the archive on the class path. */
final class PostgresBinaries {
    private static final String FOLDER_PREFIX = "postgres-";
    private static final int DIGEST_CHARACTERS = 16;
    private static final int EXECUTABLE_BITS = 0111;

    private PostgresBinaries() {}

    /**
     * The folder with {@code bin}, {@code lib} and {@code share}: in the user's cache, or below {@code fallback} where the cache cannot be
     * written or the server's user cannot reach it.
     */
    static Path unpacked(ServerUser user, Path fallback, Consumer<String> progress) {
        byte[] archive = archive();
        String name = FOLDER_PREFIX + MavenJars.digest(archive).substring(0, DIGEST_CHARACTERS);
        Path cache = UserFolders.cache(System.getenv()).orElse(null);
        if (cache != null) {
            Path cached = tryUnpack(archive, cache.resolve(name), progress);
            if (cached != null && user.canRun(program(cached, "postgres"))) {
                return cached;
            }
        }
        try {
            Path local = unpack(archive, fallback.resolve(name), progress);
            if (user.canRun(program(local, "postgres"))) {
                return local;
            }
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE, "Cannot unpack PostgreSQL: " + e + " (folder=" + fallback + ")", e);
        }
        throw new TidemarkException(
                ErrorCode.DEMO_DATABASE,
                "Cannot run PostgreSQL: its user cannot reach the folder (folder=" + fallback + ", user=" + user + ")",
                "Choose a folder that other users may enter, for example below /var/tmp.",
                null);
    }

    static Path program(Path binaries, String name) {
        return binaries.resolve("bin").resolve(name);
    }

    private static @Nullable Path tryUnpack(byte[] archive, Path target, Consumer<String> progress) {
        try {
            return unpack(archive, target, progress);
        } catch (IOException e) {
            return null;
        }
    }

    /** Unpacks beside the target and renames, so that a target that exists is always complete. */
    private static Path unpack(byte[] archive, Path target, Consumer<String> progress) throws IOException {
        if (Files.isDirectory(target)) {
            return target;
        }
        progress.accept("Unpacking PostgreSQL (first use only)");
        Path parent = target.toAbsolutePath().getParent();
        Path part = Files.createDirectories(parent == null ? Path.of("/") : parent)
                .resolve(target.getFileName() + ".part-" + UUID.randomUUID());
        try {
            Files.createDirectory(part);
            extract(archive, part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            // Another process was faster; its copy is as good.
            Folders.delete(part);
        } catch (IOException e) {
            Folders.delete(part);
            throw e;
        }
        return target;
    }

    private static void extract(byte[] archive, Path folder) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (!path.startsWith(folder)) {
                    throw new IOException("the archive leaves its folder (entry=" + entry.getName() + ")");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Path parent = path.getParent();
                    if (parent != null) {
                        Files.createDirectories(parent);
                    }
                    extractFile(tar, entry, path);
                }
            }
        }
    }

    private static void extractFile(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        Path parent = path.getParent();
        boolean program = (entry.getMode() & EXECUTABLE_BITS) != 0 || (parent != null && parent.endsWith("bin"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static byte[] archive() {
        String system = System.getProperty("os.name").startsWith("Mac") ? "Darwin" : System.getProperty("os.name");
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        try (InputStream in = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, architecture)) {
            return in.readAllBytes();
        } catch (IOException | IllegalStateException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot find PostgreSQL for this machine: " + e.getMessage() + " (system=" + system
                            + ", architecture=" + architecture + ")",
                    "Use your own PostgreSQL with 'tidemark init'.",
                    e);
        }
    }
}
