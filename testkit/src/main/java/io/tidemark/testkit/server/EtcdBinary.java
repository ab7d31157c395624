package io.tidemark.testkit.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program etcd: the one on the path, else the one of Debian's package {@code etcd-server}, which is downloaded once for a build folder with apt, compared
 * with the checksum in apt's signed index, and unpacked without being installed. Where neither is to be had, tests that need it fail and say so.
 */
final class EtcdBinary {
    private static final String FOLDER = "tidemark.etcd.folder";
    private static final String PACKAGE = "etcd-server";
    private static final String CHECKSUM = "SHA256: ";

    private EtcdBinary() {}

    /** @throws IllegalStateException when it cannot be had */
    static synchronized Path path() {
        try {
            for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
                Path installed = Path.of(folder, "etcd");
                if (Files.isExecutable(installed)) {
                    return installed;
                }
            }
            String named = System.getProperty(FOLDER);
            if (named == null) {
                throw new IllegalStateException("The system property " + FOLDER
                        + " names no folder: run the test with Maven, or put etcd on the path");
            }
            Path folder = Files.createDirectories(Path.of(named));
            Path unpacked = folder.resolve("etcd");
            if (!Files.isExecutable(unpacked)) {
                download(folder, unpacked);
            }
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void download(Path folder, Path unpacked) throws IOException {
        Path work = Files.createTempDirectory(folder, "download");
        try {
            String described;
            try {
                described = run(work, "apt-cache", "show", "--no-all-versions", PACKAGE);
            } catch (IllegalStateException e) {
                // A fresh image has no index.
                run(work, "apt-get", "update");
                described = run(work, "apt-cache", "show", "--no-all-versions", PACKAGE);
            }
            run(work, "apt-get", "download", PACKAGE);
            Path archive = only(work);
            String expected = described
                    .lines()
                    .filter(line -> line.startsWith(CHECKSUM))
                    .map(line -> line.substring(CHECKSUM.length()).strip())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("apt's index has no checksum of " + PACKAGE));
            String found = sha256(archive);
            if (!found.equals(expected)) {
                throw new IllegalStateException("Cannot use " + archive.getFileName()
                        + ": its checksum is not that of apt's index (found=" + found + ", expected=" + expected + ")");
            }
            run(work, "dpkg-deb", "-x", archive.toString(), "unpacked");
            // Another test may do the same: each moves a whole file.
            Files.move(work.resolve("unpacked/usr/bin/etcd"), unpacked, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            run(folder, "rm", "-r", work.toString());
        }
    }

    private static Path only(Path work) throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            return files.filter(file -> file.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("apt-get download left no package in " + work));
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(Path folder, String... command) {
        String wanted =
                "Tests of the metadata store on etcd need the program etcd: put it on the path, or run on Debian or"
                        + " Ubuntu with apt";
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(wanted + " (" + String.join(" ", command) + "): " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(wanted + " (" + String.join(" ", command) + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
