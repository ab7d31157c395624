package io.tidemark.parquet.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Folders of the local disk, made and removed so that a power failure loses none that an object is in. */
final class Folders {
    private static final boolean IS_WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private Folders() {}

    /** The folder of an object; every object lies below the root and so has one. */
    static Path of(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    /**
     * Makes the folder and its missing parents, each durable in its parent.
     *
     * @throws NoSuchFileException when another thread removes one of them meanwhile
     */
    static void make(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path at = folder;
        while (at != null && !Files.isDirectory(at)) {
            missing.push(at);
            at = at.getParent();
        }
        for (Path next : missing) {
            try {
                Files.createDirectory(next);
            } catch (FileAlreadyExistsException e) {
                // Gone again is another thread's work: the caller makes it anew.
                if (!Files.readAttributes(next, BasicFileAttributes.class).isDirectory()) {
                    throw e;
                }
            }
            force(next.getParent());
        }
    }

    /** Makes the folder's entries durable. Windows cannot open folders and writes its entries through. */
    static void force(@Nullable Path folder) throws IOException {
        if (IS_WINDOWS || folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Removes the folder and its parents up to, but without, the root, as long as they are empty and no symbolic links. */
    static void removeEmpty(@Nullable Path folder, Path root) throws IOException {
        Path at = folder;
        while (at != null && at.startsWith(root) && !at.equals(root) && !Files.isSymbolicLink(at)) {
            try {
                Files.delete(at);
            } catch (NoSuchFileException e) {
                // Another thread was faster; its parents may be empty all the same.
            } catch (DirectoryNotEmptyException e) {
                return;
            }
            at = at.getParent();
        }
    }
}
