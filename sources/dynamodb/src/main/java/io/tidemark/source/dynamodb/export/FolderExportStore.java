package io.tidemark.source.dynamodb.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Exports that were copied to a folder of this machine. */
public final class FolderExportStore implements ExportStore {
    private final Path root;

    public FolderExportStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public InputStream open(String path) throws IOException {
        Path file = root.resolve(path).normalize();
        if (!file.startsWith(root)) {
            throw new NoSuchFileException(file.toString(), null, "it lies outside " + root);
        }
        return Files.newInputStream(file);
    }

    @Override
    public String name(String path) {
        return root.resolve(path).toString();
    }

    @Override
    public void close() {
        // A folder holds nothing open.
    }
}
