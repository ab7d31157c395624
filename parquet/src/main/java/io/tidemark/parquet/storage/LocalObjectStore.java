package io.tidemark.parquet.storage;

import io.tidemark.spi.storage.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;

/**
 * Object storage in a folder of the local disk. An object is written under a temporary name in its own folder, forced to disk, renamed, and its
 * folder forced, so that it is there as a whole or not at all. Paths that leave the root are refused; symbolic links inside the root are
 * followed, so that parts of a lake can lie on other disks.
 */
public final class LocalObjectStore implements ObjectStore {
    private static final String TEMPORARY_PREFIX = ".tmp-";
    private static final Duration TEMPORARY_AGE_MAX = Duration.ofDays(1);
    private static final int MAKE_ATTEMPTS = 64;

    private final Path root;

    /** Opens the folder, making it when it is missing. */
    public LocalObjectStore(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        try {
            Folders.make(this.root);
        } catch (IOException e) {
            throw new IOException("Cannot make the storage folder: " + reason(e) + " (path=" + this.root + ")", e);
        }
    }

    @Override
    public String root() {
        return root.toString();
    }

    @Override
    public ObjectOutput create(String path) throws IOException {
        Path target = resolve(path);
        Path folder = Folders.of(target);
        Path temporary = folder.resolve(TEMPORARY_PREFIX + UUID.randomUUID());
        try {
            if (Files.isDirectory(target)) {
                throw new IOException("there is a folder of this name");
            }
            for (int attempt = 1; ; attempt++) {
                try {
                    Folders.make(folder);
                    return new LocalObjectOutput(temporary, target);
                } catch (NoSuchFileException e) {
                    // Another thread removed the folder while it was empty.
                    if (attempt == MAKE_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new IOException("Cannot create object: " + reason(e) + " (path=" + path + ", root=" + root + ")", e);
        }
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        Path file = resolve(path);
        if (Files.isDirectory(file)) {
            throw new NoSuchFileException(path, null, "there is a folder of this name");
        }
        try {
            return new Input(path, FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            NoSuchFileException missing = new NoSuchFileException(path, null, "no such object under " + root);
            missing.initCause(e);
            throw missing;
        } catch (IOException e) {
            throw new IOException("Cannot open object: " + reason(e) + " (path=" + path + ", root=" + root + ")", e);
        }
    }

    @Override
    public boolean exists(String path) throws IOException {
        return Files.isRegularFile(resolve(path));
    }

    /** Temporary files are not listed; those that nobody has written to for a day were left by a crash and are removed. */
    @Override
    public List<StoredObject> objects(String prefix) throws IOException {
        int slash = prefix.lastIndexOf('/');
        Path start = slash < 0 ? root : resolve(prefix.substring(0, slash));
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        Lister lister = new Lister(start, prefix, Instant.now().minus(TEMPORARY_AGE_MAX));
        try {
            Files.walkFileTree(start, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, lister);
        } catch (IOException e) {
            throw new IOException(
                    "Cannot list objects: " + reason(e) + " (prefix=" + prefix + ", root=" + root + ")", e);
        }
        lister.found.sort(Comparator.comparing(StoredObject::path));
        return lister.found;
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        Path parent = folder.isEmpty() ? root : resolve(folder);
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, Files::isDirectory)) {
            found.forEach(path -> names.add(path.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw new IOException("Cannot list folders: " + e.getMessage() + " (folder=" + parent + ")", e);
        }
        names.sort(null);
        return names;
    }

    /** Under a temporary name, then linked: unlike a rename, a link never takes the place of a file. */
    @Override
    public void createNew(String path, byte[] content) throws IOException {
        Path target = resolve(path);
        Path folder = Folders.of(target);
        Path temporary = folder.resolve(TEMPORARY_PREFIX + UUID.randomUUID());
        for (int attempt = 1; ; attempt++) {
            try {
                Folders.make(folder);
                try (FileChannel out =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    ByteBuffer buffer = ByteBuffer.wrap(content);
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                    out.force(true);
                }
                Files.createLink(target, temporary);
                Folders.force(folder);
                return;
            } catch (NoSuchFileException e) {
                // Another thread removed the folder while it was empty.
                if (attempt == MAKE_ATTEMPTS) {
                    throw e;
                }
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** Deletes the object, and its folders when they become empty. */
    @Override
    public void delete(String path) throws IOException {
        Path file = resolve(path);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            if (Files.deleteIfExists(file)) {
                Folders.removeEmpty(file.getParent(), root);
            }
        } catch (IOException e) {
            throw new IOException("Cannot delete object: " + reason(e) + " (path=" + path + ", root=" + root + ")", e);
        }
    }

    @Override
    public void close() {
        // Holds nothing open.
    }

    private Path resolve(String path) throws IOException {
        Path resolved;
        try {
            resolved = root.resolve(path).normalize();
        } catch (InvalidPathException e) {
            throw new IOException("Cannot use this path: " + e.getReason() + " (path=" + path + ")", e);
        }
        boolean climbs = path.isEmpty()
                || path.startsWith("/")
                || List.of(path.split("/")).contains("..");
        if (climbs || !resolved.startsWith(root) || resolved.equals(root)) {
            throw new IOException("Cannot use this path: it does not name an object under the root (path=" + path
                    + ", root=" + root + ")");
        }
        if (resolved.getFileName().toString().startsWith(TEMPORARY_PREFIX)) {
            throw new IOException("Cannot use this path: such names are for temporary files (path=" + path + ")");
        }
        return resolved;
    }

    /** The reason without the absolute path, which some exceptions have as their whole message. */
    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file is where a folder is needed";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        return e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : String.valueOf(e.getMessage());
    }

    private final class Lister extends SimpleFileVisitor<Path> {
        final List<StoredObject> found = new ArrayList<>();
        private final Path start;
        private final String prefix;
        private final Instant oldest;

        Lister(Path start, String prefix, Instant oldest) {
            this.start = start;
            this.prefix = prefix;
            this.oldest = oldest;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean isWanted = folder.equals(start)
                    || (name(folder) + "/").startsWith(prefix)
                    || prefix.startsWith(name(folder) + "/");
            return isWanted ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (file.getFileName().toString().startsWith(TEMPORARY_PREFIX)) {
                if (attributes.lastModifiedTime().toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                    Folders.removeEmpty(file.getParent(), root);
                }
            } else if (attributes.isRegularFile() && name(file).startsWith(prefix)) {
                found.add(new StoredObject(
                        name(file),
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            // Objects and folders may go while others list them.
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        private String name(Path path) {
            return root.relativize(path).toString().replace('\\', '/');
        }
    }

    private static final class Input implements ObjectInput {
        private final String path;
        private final FileChannel channel;
        private final long length;

        Input(String path, FileChannel channel) throws IOException {
            this.path = path;
            this.channel = channel;
            this.length = channel.size();
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int count) throws IOException {
            ByteBuffer target = ByteBuffer.wrap(buffer, offset, count);
            while (target.hasRemaining()) {
                int read = channel.read(target, position + target.position() - offset);
                if (read < 0) {
                    throw new EOFException("Cannot read object: it ends early (path=" + path + ", length=" + length
                            + ", position=" + position + ", bytes=" + count + ")");
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
