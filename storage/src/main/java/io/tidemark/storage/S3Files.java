package io.tidemark.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Iceberg's access to S3, whose failures are {@link IOException}s that say what they come from, also where Iceberg itself reads and writes. Those of
 * the AWS SDK would pass through Iceberg as they are, and nobody behind it could tell a storage that is away from a defect.
 */
public final class S3Files extends S3FileIO {
    private static final long serialVersionUID = 1L;

    /** Iceberg makes it by name. */
    public S3Files() {
        // The client is made by initialize.
    }

    @Override
    public InputFile newInputFile(String location) {
        return new Input(super.newInputFile(location));
    }

    @Override
    public InputFile newInputFile(String location, long length) {
        return new Input(super.newInputFile(location, length));
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new Output(super.newOutputFile(location));
    }

    @Override
    public void deleteFile(String location) {
        call("delete", location, () -> {
            super.deleteFile(location);
            return true;
        });
    }

    @Override
    public void deleteFiles(Iterable<String> locations) throws BulkDeletionFailureException {
        call("delete files, among them", first(locations), () -> {
            super.deleteFiles(locations);
            return true;
        });
    }

    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        return call("list", prefix, () -> super.listPrefix(prefix));
    }

    @Override
    public void deletePrefix(String prefix) {
        call("delete", prefix, () -> {
            super.deletePrefix(prefix);
            return true;
        });
    }

    private static String first(Iterable<String> locations) {
        return locations.iterator().hasNext() ? locations.iterator().next() : "none";
    }

    private static <T> T call(String verb, String location, Supplier<T> call) {
        try {
            return call.get();
        } catch (NotFoundException | AlreadyExistsException | BulkDeletionFailureException | UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            if (S3Failures.isMissing(e)) {
                throw new NotFoundException(e, "Location does not exist: %s", location);
            }
            throw new UncheckedIOException(S3Failures.of("Cannot " + verb + " " + location, e));
        }
    }

    /** Work with a stream. */
    private interface Transfer<T> {
        T run() throws IOException;
    }

    private static <T> T transfer(String verb, String location, Transfer<T> work) throws IOException {
        try {
            return work.run();
        } catch (NotFoundException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw S3Failures.of("Cannot " + verb + " " + location, e);
        }
    }

    private record Input(InputFile file) implements InputFile {
        @Override
        public long getLength() {
            return call("ask for", location(), file::getLength);
        }

        @Override
        public SeekableInputStream newStream() {
            return new InputStream(location(), call("open", location(), file::newStream));
        }

        @Override
        public String location() {
            return file.location();
        }

        @Override
        public boolean exists() {
            return call("look for", location(), file::exists);
        }
    }

    private record Output(OutputFile file) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            return new OutputStream(location(), call("create", location(), file::create));
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return new OutputStream(location(), call("create", location(), file::createOrOverwrite));
        }

        @Override
        public String location() {
            return file.location();
        }

        @Override
        public InputFile toInputFile() {
            return new Input(file.toInputFile());
        }
    }

    private static final class InputStream extends SeekableInputStream implements RangeReadable {
        private final String location;
        private final SeekableInputStream stream;

        InputStream(String location, SeekableInputStream stream) {
            this.location = location;
            this.stream = stream;
        }

        @Override
        public long getPos() throws IOException {
            return stream.getPos();
        }

        @Override
        public void seek(long position) throws IOException {
            stream.seek(position);
        }

        @Override
        public int read() throws IOException {
            return transfer("read", location, stream::read);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return transfer("read", location, () -> stream.read(target, offset, length));
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) throws IOException {
            transfer("read", location, () -> {
                ((RangeReadable) stream).readFully(position, target, offset, length);
                return true;
            });
        }

        @Override
        public int readTail(byte[] target, int offset, int length) throws IOException {
            return transfer("read", location, () -> ((RangeReadable) stream).readTail(target, offset, length));
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    private static final class OutputStream extends PositionOutputStream {
        private final String location;
        private final PositionOutputStream stream;

        OutputStream(String location, PositionOutputStream stream) {
            this.location = location;
            this.stream = stream;
        }

        @Override
        public long getPos() throws IOException {
            return stream.getPos();
        }

        @Override
        public void write(int value) throws IOException {
            transfer("write", location, () -> {
                stream.write(value);
                return true;
            });
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            transfer("write", location, () -> {
                stream.write(source, offset, length);
                return true;
            });
        }

        @Override
        public void flush() throws IOException {
            stream.flush();
        }

        @Override
        public void close() throws IOException {
            transfer("write", location, () -> {
                stream.close();
                return true;
            });
        }
    }
}
