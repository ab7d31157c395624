package io.tidemark.storage;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.StorageException;
import io.tidemark.spi.storage.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Object storage through Iceberg's FileIO, so that the slice log uses the lake's credentials. The FileIO's streams must make an object visible
 * when they are closed (S3, GCS and ADLS do). They cannot be given up: an object that is aborted is written and deleted, so that one at the same
 * path is gone. Errors of a cloud's SDK, which are unchecked, are {@link IOException}s.
 */
public final class FileIoObjectStore implements ObjectStore {
    private final FileIO io;
    private final String root;

    public FileIoObjectStore(FileIO io, String root) {
        this.io = io;
        this.root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    }

    @Override
    public String root() {
        return root;
    }

    @Override
    public ObjectOutput create(String path) throws IOException {
        return create(io, location(path));
    }

    /** Opens a new file for writing, at a full location. */
    public static ObjectOutput create(FileIO io, String location) throws IOException {
        OutputFile file = io.newOutputFile(location);
        try {
            return new Output(io, location, file.createOrOverwrite());
        } catch (RuntimeException e) {
            throw failed("create", location, e);
        }
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return open(io, location(path));
    }

    /** Opens a file for reading, at a full location. */
    public static ObjectInput open(FileIO io, String location) throws IOException {
        InputFile file = io.newInputFile(location);
        try {
            return new Input(location, file.getLength(), file.newStream());
        } catch (RuntimeException e) {
            if (e instanceof NotFoundException || !exists(io, location)) {
                NoSuchFileException missing = new NoSuchFileException(location);
                missing.initCause(e);
                throw missing;
            }
            throw failed("open", location, e);
        }
    }

    @Override
    public boolean exists(String path) throws IOException {
        return exists(io, location(path));
    }

    private static boolean exists(FileIO io, String location) throws IOException {
        try {
            return io.newInputFile(location).exists();
        } catch (RuntimeException e) {
            throw failed("look for", location, e);
        }
    }

    private static IOException failed(String what, String location, RuntimeException e) {
        return S3Failures.of("Cannot " + what + " " + location, e);
    }

    @Override
    public void createNew(String path, byte[] content) throws IOException {
        S3FileIO s3 = s3("make " + location(path) + " unless it is there");
        try {
            S3Calls.createNew(s3.client(), location(path), content);
        } catch (RuntimeException e) {
            throw failed("create", location(path), e);
        }
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        S3FileIO s3 = s3("list the folders in " + location(folder));
        try {
            return S3Calls.folders(s3.client(), location(folder));
        } catch (RuntimeException e) {
            throw failed("list", location(folder), e);
        }
    }

    private S3FileIO s3(String what) throws IOException {
        if (io instanceof S3FileIO s3) {
            return s3;
        }
        throw new IOException("Cannot " + what + ": that is known for S3 only (io="
                + io.getClass().getSimpleName() + ")");
    }

    @Override
    public void deleteAll(String prefix) throws IOException {
        SupportsPrefixOperations prefixes = prefixes(prefix);
        try {
            prefixes.deletePrefix(location(prefix));
        } catch (RuntimeException e) {
            throw failed("delete", location(prefix), e);
        }
    }

    private SupportsPrefixOperations prefixes(String prefix) throws IOException {
        if (io instanceof SupportsPrefixOperations prefixes) {
            return prefixes;
        }
        throw new IOException("Cannot list " + location(prefix) + ": this storage cannot list (io="
                + io.getClass().getSimpleName() + ")");
    }

    @Override
    public List<StoredObject> objects(String prefix) throws IOException {
        SupportsPrefixOperations prefixes = prefixes(prefix);
        List<StoredObject> objects = new ArrayList<>();
        try {
            for (FileInfo file : prefixes.listPrefix(location(prefix))) {
                objects.add(new StoredObject(
                        file.location().substring(root.length() + 1), file.size(), file.createdAtMillis()));
            }
        } catch (RuntimeException e) {
            throw failed("list", location(prefix), e);
        }
        objects.sort(Comparator.comparing(StoredObject::path));
        return objects;
    }

    @Override
    public void delete(String path) throws IOException {
        try {
            io.deleteFile(location(path));
        } catch (NotFoundException e) {
            // Gone is what was asked for.
        } catch (RuntimeException e) {
            throw failed("delete", location(path), e);
        }
    }

    @Override
    public void close() {
        io.close();
    }

    private String location(String path) {
        return root + "/" + path;
    }

    private static final class Output extends ObjectOutput {
        private final FileIO io;
        private final String location;
        private final PositionOutputStream stream;
        private boolean ended;

        Output(FileIO io, String location, PositionOutputStream stream) {
            this.io = io;
            this.location = location;
            this.stream = stream;
        }

        @Override
        public long position() {
            try {
                return stream.getPos();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot tell the position in " + location, e);
            }
        }

        @Override
        public void write(int value) throws IOException {
            try {
                stream.write(value);
            } catch (RuntimeException e) {
                throw failed("write", location, e);
            }
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            try {
                stream.write(source, offset, length);
            } catch (RuntimeException e) {
                throw failed("write", location, e);
            }
        }

        @Override
        public void abort() {
            if (ended) {
                return;
            }
            ended = true;
            try {
                stream.close();
                io.deleteFile(location);
            } catch (IOException | RuntimeException e) {
                // What is left is an object that nothing refers to.
            }
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                ended = true;
                try {
                    stream.close();
                } catch (RuntimeException e) {
                    throw failed("write", location, e);
                }
            }
        }
    }

    private static final class Input implements ObjectInput {
        private final String location;
        private final long length;
        private final SeekableInputStream stream;

        Input(String location, long length, SeekableInputStream stream) {
            this.location = location;
            this.length = length;
            this.stream = stream;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int count) throws IOException {
            int read;
            try {
                if (stream instanceof LocalInputStream local) {
                    local.readFully(position, buffer, offset, count);
                    return;
                }
                stream.seek(position);
                read = stream.readNBytes(buffer, offset, count);
            } catch (EOFException e) {
                throw e;
            } catch (IOException e) {
                // Said to be the storage's, so that nobody takes the file for damaged.
                throw e instanceof StorageException
                        ? e
                        : new StorageException(
                                MachineLimits.reached(e).orElse(ErrorCode.LAKE_IO),
                                "Cannot read " + location + ": " + e.getMessage(),
                                e);
            } catch (RuntimeException e) {
                throw failed("read", location, e);
            }
            if (read < count && position + count <= length) {
                throw new StorageException(
                        ErrorCode.STORAGE_UNAVAILABLE,
                        "Cannot read " + location + ": the answer ends early (position=" + (position + read) + ")",
                        new EOFException());
            }
            if (read < count) {
                throw new EOFException(
                        "Cannot read " + location + ": it ends early (position=" + (position + read) + ")");
            }
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
