package io.tidemark.lake.iceberg.storage;

import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
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
 * when they are closed (S3, GCS and ADLS do).
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
        } catch (UncheckedIOException e) {
            throw new IOException("Cannot create " + location, e);
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
            return new Input(file.getLength(), file.newStream());
        } catch (NotFoundException e) {
            NoSuchFileException missing = new NoSuchFileException(location);
            missing.initCause(e);
            throw missing;
        } catch (UncheckedIOException e) {
            throw new IOException("Cannot open " + location, e);
        }
    }

    @Override
    public boolean exists(String path) {
        return io.newInputFile(location(path)).exists();
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        if (!(io instanceof SupportsPrefixOperations prefixes)) {
            throw new IOException("Cannot list " + location(prefix) + ": this storage cannot list (io="
                    + io.getClass().getSimpleName() + ")");
        }
        List<String> paths = new ArrayList<>();
        for (FileInfo file : prefixes.listPrefix(location(prefix))) {
            paths.add(file.location().substring(root.length() + 1));
        }
        paths.sort(null);
        return paths;
    }

    @Override
    public void delete(String path) throws IOException {
        try {
            io.deleteFile(location(path));
        } catch (NotFoundException e) {
            // Gone is what was asked for.
        } catch (UncheckedIOException e) {
            throw new IOException("Cannot delete " + location(path), e);
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
            stream.write(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            stream.write(source, offset, length);
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
                stream.close();
            }
        }
    }

    private static final class Input implements ObjectInput {
        private final long length;
        private final SeekableInputStream stream;

        Input(long length, SeekableInputStream stream) {
            this.length = length;
            this.stream = stream;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int count) throws IOException {
            if (stream instanceof LocalInputStream local) {
                local.readFully(position, buffer, offset, count);
                return;
            }
            stream.seek(position);
            int read = stream.readNBytes(buffer, offset, count);
            if (read < count) {
                throw new java.io.EOFException(
                        "Cannot read an object: it ends early (position=" + (position + read) + ")");
            }
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
