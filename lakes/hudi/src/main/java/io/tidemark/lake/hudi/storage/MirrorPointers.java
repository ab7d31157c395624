package io.tidemark.lake.hudi.storage;

import io.tidemark.lake.upsert.table.TableFolders;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where mirrors are: {@code mirror/<schema>/<table>} or the same with {@code .2}; a file {@code mirror/<schema>/<table>.mirror} names the one that
 * is published. The file is replaced in one step, and with it the mirror. Its second line says that what is in the other folder is the mirror of
 * before, which nobody needs, and not one in the making.
 */
public final class MirrorPointers {
    private static final String SUFFIX = ".mirror";
    private static final String SECOND = ".2";
    private static final String REPLACED = "replaced";

    private final Path root;

    /** @param root the lake's root */
    public MirrorPointers(Path root) {
        this.root = root.toAbsolutePath().normalize().resolve("mirror");
    }

    /** The folder of the published mirror. */
    public Optional<Path> published(TableId table) {
        Path pointer = pointer(table);
        return Files.exists(pointer) ? Optional.of(target(pointer)) : Optional.empty();
    }

    /** Of two folders the one that the published mirror is not in. */
    public Path free(TableId table) {
        Path first = root.resolve(TableFolders.of(table));
        boolean isTaken = published(table).filter(first::equals).isPresent();
        return isTaken ? first.resolveSibling(first.getFileName() + SECOND) : first;
    }

    /** Publishes the mirror in the folder; what the other folder holds is from now on of no use. */
    public void publish(TableId table, Path folder) {
        write(table, folder.getFileName() + "\n" + REPLACED);
    }

    /** Whether the free folder holds a mirror that was replaced. */
    public boolean isReplaced(TableId table) {
        Path pointer = pointer(table);
        return Files.exists(pointer) && read(pointer).endsWith(REPLACED);
    }

    /** Says that what the free folder will hold is a mirror in the making; it must be empty. */
    public void reserve(TableId table) {
        published(table).ifPresent(folder -> write(table, folder.getFileName().toString()));
    }

    private void write(TableId table, String text) {
        try (ObjectStore files = new LocalObjectStore(root);
                ObjectStore.ObjectOutput pointer = files.create(TableFolders.of(table) + SUFFIX)) {
            pointer.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failed("publish a mirror", e);
        }
    }

    /** Takes the mirror back: from now on there is none. */
    public void withdraw(TableId table) {
        try {
            Files.deleteIfExists(pointer(table));
        } catch (IOException e) {
            throw failed("withdraw a mirror", e);
        }
    }

    /** Folders of all published mirrors. */
    public List<Path> all() {
        try {
            List<Path> folders = new ArrayList<>();
            if (Files.isDirectory(root)) {
                try (Stream<Path> schemas = Files.list(root)) {
                    for (Path schema : (Iterable<Path>) schemas.sorted()::iterator) {
                        addPublished(schema, folders);
                    }
                }
            }
            return folders;
        } catch (IOException e) {
            throw failed("list mirrors", e);
        }
    }

    private static void addPublished(Path schema, List<Path> folders) throws IOException {
        if (Files.isDirectory(schema)) {
            try (Stream<Path> tables = Files.list(schema)) {
                tables.filter(path -> path.getFileName().toString().endsWith(SUFFIX) && Files.isRegularFile(path))
                        .forEach(pointer -> folders.add(target(pointer)));
            }
        }
    }

    private Path pointer(TableId table) {
        return root.resolve(TableFolders.of(table) + SUFFIX);
    }

    private static Path target(Path pointer) {
        return pointer.resolveSibling(read(pointer).lines().findFirst().orElse(""));
    }

    private static String read(Path pointer) {
        try {
            return Files.readString(pointer);
        } catch (IOException e) {
            throw failed("find a mirror", e);
        }
    }

    /** Deletes a folder with all that is in it. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw failed("delete a mirror's files", e);
        }
    }

    private static TidemarkException failed(String verb, IOException e) {
        return TidemarkException.ofStorage("Cannot " + verb, e);
    }
}
