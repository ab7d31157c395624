package io.tidemark.conformance;

import java.net.URI;
import java.nio.file.Path;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Local files as Iceberg itself reads them; nothing is written. */
public final class PlainFiles implements FileIO {
    @Override
    public InputFile newInputFile(String path) {
        return Files.localInput(local(path).toFile());
    }

    @Override
    public OutputFile newOutputFile(String path) {
        throw new UnsupportedOperationException("Cannot write " + path + ": the suite only reads");
    }

    @Override
    public void deleteFile(String path) {
        throw new UnsupportedOperationException("Cannot delete " + path + ": the suite only reads");
    }

    private static Path local(String path) {
        return path.startsWith("file:") ? Path.of(URI.create(path).getPath()) : Path.of(path);
    }
}
