package io.tidemark.source.dynamodb.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/** Where exports are: a bucket of S3, or a folder that one was copied to. Any number of threads may read from it. */
public interface ExportStore extends AutoCloseable {
    /**
     * Opens a file; it is read from its begin to its end and closed by the caller, at any place.
     *
     * @param path key of the file in the bucket, or its path in the folder, with slashes
     * @throws NoSuchFileException when there is none of that path
     */
    InputStream open(String path) throws IOException;

    /** What people call a file: an {@code s3://} URI or a path. */
    String name(String path);

    @Override
    void close();
}
