package io.tidemark.workload.command;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder that holds all of a demo: the database, the configuration, the lake and the pipeline's state. A folder of an earlier demo is used
 * again and always stays; one with other content is refused.
 */
final class DemoFolder implements AutoCloseable {
    static final String CONFIG = "tidemark.yaml";
    static final String DATABASE = "database";

    /** Says to people what the folder is, and to a later demo that it may use it. */
    private static final String MARKER = "about-this-folder.txt";

    private static final String MARKER_TEXT = """
            Made by '%s'; '%s --dir FOLDER' goes on with it. It can be deleted as a whole when no demo runs on it.

            tidemark.yaml   the configuration of the pipeline
            database/       %s
            lake/           the mirror tables (Iceberg), the time slices and the proofs
            .tidemark/      the pipeline's state on local disk: catalog, metadata store, key indexes
            """;

    private static final int DELETE_ATTEMPTS = 5;

    private final DemoSource source;
    private final Path root;
    private final Origin origin;
    private final DemoOptions.Files files;

    private enum Origin {
        /** It and all in it was made by this demo. */
        MADE,
        /** It was there, empty. */
        EMPTY,
        /** An earlier demo left it. */
        EARLIER_DEMO
    }

    private DemoFolder(DemoSource source, Path root, Origin origin, DemoOptions.Files files) {
        this.source = source;
        this.root = root;
        this.origin = origin;
        this.files = origin == Origin.EARLIER_DEMO ? DemoOptions.Files.KEEP : files;
    }

    /**
     * Takes the folder, or makes a fresh one.
     *
     * @param source what the demo is of
     * @param wanted the folder; empty for a fresh one
     * @param files what becomes of it
     * @throws TidemarkException DEMO_DATABASE when it holds something else or cannot be written
     */
    static DemoFolder claim(DemoSource source, Optional<Path> wanted, DemoOptions.Files files) {
        try {
            if (wanted.isEmpty()) {
                // Passable for others, since the server of a demo run by root may belong to another user.
                Path fresh = Files.createTempDirectory(
                        "tidemark-demo-",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
                return marked(source, fresh, Origin.MADE, files);
            }
            Path root = wanted.orElseThrow().toAbsolutePath().normalize();
            boolean existed = Files.isDirectory(root);
            Files.createDirectories(root);
            if (Files.isRegularFile(root.resolve(MARKER))) {
                requireSame(source, root);
                return new DemoFolder(source, root, Origin.EARLIER_DEMO, files);
            }
            try (Stream<Path> content = Files.list(root)) {
                if (content.findAny().isPresent()) {
                    throw new TidemarkException(
                            ErrorCode.DEMO_DATABASE,
                            "Cannot use the folder for a demo: it holds other files (folder=" + root + ")",
                            "Name a new or empty folder with --dir, or one that an earlier demo kept.",
                            null);
                }
            }
            return marked(source, root, existed ? Origin.EMPTY : Origin.MADE, files);
        } catch (IOException e) {
            String folder = wanted.map(Path::toString).orElseGet(() -> System.getProperty("java.io.tmpdir"));
            String reason = e instanceof FileAlreadyExistsException
                    ? "it is a file"
                    : "it cannot be written: " + e.getClass().getSimpleName();
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot use the folder for a demo: " + reason + " (folder=" + folder + ")",
                    "Name another folder with --dir.",
                    e);
        }
    }

    private static DemoFolder marked(DemoSource source, Path root, Origin origin, DemoOptions.Files files)
            throws IOException {
        Files.writeString(
                root.resolve(MARKER), MARKER_TEXT.formatted(source.command(), source.command(), source.files()));
        return new DemoFolder(source, root, origin, files);
    }

    private static void requireSame(DemoSource source, Path root) throws IOException {
        if (!Files.readString(root.resolve(MARKER)).startsWith("Made by '" + source.command() + "'")) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot use the folder for a demo: an earlier demo left it with a database of another type (folder="
                            + root + ", source=" + source.type() + ")",
                    "Name another folder with --dir, or the type of database with --source; " + MARKER
                            + " in the folder says which it is.",
                    null);
        }
    }

    DemoSource source() {
        return source;
    }

    Path root() {
        return root;
    }

    Path database() {
        return root.resolve(DATABASE);
    }

    Path config() {
        return root.resolve(CONFIG);
    }

    /** Whether the folder stays. */
    boolean isKept() {
        return files == DemoOptions.Files.KEEP;
    }

    /** Whether an earlier demo left it. */
    boolean isResumed() {
        return origin == Origin.EARLIER_DEMO;
    }

    /** The port that the configuration names, when there is one. */
    OptionalInt port() {
        try {
            Pattern port = Pattern.compile(
                    "(?m)^\\s*" + source.addressSetting() + ":\\s*\"?\\w+://127\\.0\\.0\\.1:(\\d{1,5})(?:/|\\s|\"|$)");
            Matcher matcher = port.matcher(Files.exists(config()) ? Files.readString(config()) : "");
            int found = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
            return found > 0 && found < 1 << 16 ? OptionalInt.of(found) : OptionalInt.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the configuration; in one that exists only the place of the database is brought up to date. */
    void writeConfig(DemoServer server) {
        try {
            Pattern line = Pattern.compile("(?m)^(\\s*" + source.addressSetting() + ":\\s*).*$");
            String text = Files.exists(config())
                    ? line.matcher(Files.readString(config()))
                            .replaceFirst("$1" + Matcher.quoteReplacement(server.address()))
                    : server.config();
            Files.writeString(config(), text);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot write the demo's configuration: " + e.getClass().getSimpleName() + " (file=" + config()
                            + ")",
                    e);
        }
    }

    /** Deletes what the demo made, unless it is to stay. */
    @Override
    public void close() {
        if (isKept()) {
            return;
        }
        try {
            delete();
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot delete the demo's folder: " + e + " (folder=" + root + ")",
                    "Delete it by hand.",
                    e);
        }
    }

    private void delete() throws IOException {
        for (int attempt = 1; Files.exists(root); attempt++) {
            try {
                deleteOnce();
                return;
            } catch (DirectoryNotEmptyException e) {
                // Work that was cut short may write a last file.
                if (attempt >= DELETE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void deleteOnce() throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            if (!path.equals(root) || origin == Origin.MADE) {
                Files.deleteIfExists(path);
            }
        }
    }
}
