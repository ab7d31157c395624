package io.tidemark.storage;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg's file access for local paths, without Hadoop's file system. Locations without a scheme and {@code file:} URIs are local; others go to
 * the FileIO named by {@link #DELEGATE}. A written file is forced to disk before its close returns, because a table commit that survives a power
 * failure must not refer to a file that did not.
 */
public final class LocalFileIO implements FileIO, SupportsPrefixOperations {
    /** Property with the class of the FileIO for other schemes. */
    public static final String DELEGATE = "tidemark.delegate-io-impl";

    /** Property; {@code false} leaves it to the operating system when files reach the disk, for lakes that need not outlive a power failure. */
    public static final String SYNC = "tidemark.sync";

    private static final long serialVersionUID = 1L;
    private static final String DELEGATE_DEFAULT = "org.apache.iceberg.io.ResolvingFileIO";

    private Map<String, String> properties = Map.of();
    private transient @Nullable FileIO delegate;

    /** Iceberg makes it by name, then calls {@link #initialize}. */
    public LocalFileIO() {}

    /** Whether the location is a local path. */
    public static boolean isLocal(String location) {
        int colon = location.indexOf(':');
        int slash = location.indexOf('/');
        return colon < 0 || (slash >= 0 && slash < colon) || location.startsWith("file:");
    }

    /** The local path of a location for which {@link #isLocal} holds. */
    public static Path path(String location) {
        return location.startsWith("file:") ? Path.of(URI.create(location).getPath()) : Path.of(location);
    }

    @Override
    public void initialize(Map<String, String> newProperties) {
        this.properties = Map.copyOf(newProperties);
    }

    @Override
    public Map<String, String> properties() {
        return properties;
    }

    @Override
    public InputFile newInputFile(String location) {
        return isLocal(location) ? new LocalInput(location) : delegate().newInputFile(location);
    }

    @Override
    public InputFile newInputFile(String location, long length) {
        return isLocal(location) ? new LocalInput(location) : delegate().newInputFile(location, length);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return isLocal(location)
                ? new LocalOutput(location, isSynced())
                : delegate().newOutputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        if (!isLocal(location)) {
            delegate().deleteFile(location);
            return;
        }
        try {
            Files.deleteIfExists(path(location));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + location, e);
        }
    }

    /** All files below a folder; none when it is not there. */
    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        if (!isLocal(prefix)) {
            return prefixes().listPrefix(prefix);
        }
        List<FileInfo> files = new ArrayList<>();
        for (Path file : filesBelow(prefix)) {
            try {
                files.add(new FileInfo(
                        file.toString(),
                        Files.size(file),
                        Files.getLastModifiedTime(file).toMillis()));
            } catch (NoSuchFileException e) {
                // Deleted since.
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot list " + prefix, e);
            }
        }
        return files;
    }

    @Override
    public void deletePrefix(String prefix) {
        if (!isLocal(prefix)) {
            prefixes().deletePrefix(prefix);
            return;
        }
        filesBelow(prefix).forEach(file -> deleteFile(file.toString()));
    }

    private static List<Path> filesBelow(String folder) {
        try (Stream<Path> files = Files.walk(path(folder))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + folder, e);
        }
    }

    private SupportsPrefixOperations prefixes() {
        if (delegate() instanceof SupportsPrefixOperations prefixes) {
            return prefixes;
        }
        throw new UnsupportedOperationException(
                "Cannot list: this storage cannot (io=" + delegate().getClass().getSimpleName() + ")");
    }

    @Override
    public synchronized void close() {
        if (delegate != null) {
            delegate.close();
            delegate = null;
        }
    }

    private boolean isSynced() {
        return !"false".equals(properties.get(SYNC));
    }

    private synchronized FileIO delegate() {
        if (delegate == null) {
            delegate = CatalogUtil.loadFileIO(properties.getOrDefault(DELEGATE, DELEGATE_DEFAULT), properties, null);
        }
        return delegate;
    }

    private record LocalInput(String location) implements InputFile {
        @Override
        public long getLength() {
            try {
                return Files.size(path(location));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "File does not exist: %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read the length of " + location, e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new LocalInputStream(FileChannel.open(path(location), StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "File does not exist: %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot open " + location, e);
            }
        }

        @Override
        public boolean exists() {
            return Files.exists(path(location));
        }
    }

    private record LocalOutput(String location, boolean isSynced) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            return open(StandardOpenOption.CREATE_NEW);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return open(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        }

        @Override
        public InputFile toInputFile() {
            return new LocalInput(location);
        }

        private PositionOutputStream open(StandardOpenOption... how) {
            Path path = path(location);
            try {
                return new LocalOutputStream(openIn(path, how), isSynced);
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "File already exists: %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot create " + location, e);
            }
        }

        private static FileChannel openIn(Path path, StandardOpenOption... how) throws IOException {
            StandardOpenOption[] options = java.util.Arrays.copyOf(how, how.length + 1);
            options[how.length] = StandardOpenOption.WRITE;
            try {
                return FileChannel.open(path, options);
            } catch (NoSuchFileException e) {
                File parent = path.toFile().getParentFile();
                if (parent == null) {
                    throw e;
                }
                Files.createDirectories(parent.toPath());
                return FileChannel.open(path, options);
            }
        }
    }
}
