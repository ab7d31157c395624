package io.tidemark.lake.delta.log;

import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import io.tidemark.spi.storage.ObjectStore.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** A table's folder for Delta Kernel, without Hadoop. Kernel's paths begin with the storage's root. */
final class KernelFiles implements FileIO {
    private final ObjectStore table;

    KernelFiles(ObjectStore table) {
        this.table = table;
    }

    @Override
    public CloseableIterator<FileStatus> listFrom(String path) throws IOException {
        String from = relative(path);
        String folder = from.substring(0, from.lastIndexOf('/') + 1);
        List<StoredObject> objects = table.objects(folder);
        if (objects.isEmpty()) {
            throw new FileNotFoundException("No such folder: " + path(folder));
        }
        List<FileStatus> found = new ArrayList<>();
        for (StoredObject object : objects) {
            boolean isInside = object.path().indexOf('/', folder.length()) >= 0;
            if (!isInside && object.path().compareTo(from) >= 0) {
                found.add(status(object.path(), object.bytes(), object.modifiedMillis()));
            }
        }
        return iterator(found.iterator());
    }

    @Override
    public FileStatus getFileStatus(String path) throws IOException {
        String wanted = relative(path);
        for (StoredObject object : table.objects(wanted)) {
            if (object.path().equals(wanted)) {
                return status(wanted, object.bytes(), object.modifiedMillis());
            }
        }
        throw new FileNotFoundException("No such file: " + path);
    }

    @Override
    public String resolvePath(String path) throws IOException {
        return path(relative(path));
    }

    @Override
    public boolean mkdirs(String path) {
        // Folders are there when something is in them.
        return true;
    }

    @Override
    public InputFile newInputFile(String path, long size) {
        return new Input(table, path);
    }

    @Override
    public OutputFile newOutputFile(String path) {
        return new Output(table, path);
    }

    @Override
    public boolean delete(String path) throws IOException {
        String file = relative(path);
        boolean isThere = table.exists(file);
        table.delete(file);
        return isThere;
    }

    @Override
    public Optional<String> getConf(String key) {
        return Optional.empty();
    }

    private FileStatus status(String file, long bytes, long modifiedMillis) {
        return FileStatus.of(path(file), bytes, modifiedMillis);
    }

    private String path(String file) {
        return table.root() + "/" + file;
    }

    private String relative(String path) throws IOException {
        return relative(table, path);
    }

    private static String relative(ObjectStore table, String path) throws IOException {
        String bare = path.startsWith("file:") ? path.replaceFirst("^file:(//)?", "") : path;
        String root = table.root();
        if (bare.equals(root)) {
            return "";
        } else if (!bare.startsWith(root + "/")) {
            throw new IOException("Cannot use " + path + ": it is not in the table's folder (folder=" + root + ")");
        }
        return bare.substring(root.length() + 1);
    }

    private static <T> CloseableIterator<T> iterator(Iterator<T> items) {
        return new CloseableIterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public T next() {
                return items.next();
            }

            @Override
            public void close() {
                // Holds nothing open.
            }
        };
    }

    private record Input(ObjectStore table, String path) implements InputFile {
        @Override
        public long length() throws IOException {
            try (ObjectInput in = open()) {
                return in.length();
            }
        }

        @Override
        public SeekableInputStream newStream() throws IOException {
            return new ObjectStream(open());
        }

        private ObjectInput open() throws IOException {
            try {
                return table.open(relative(table, path));
            } catch (NoSuchFileException e) {
                FileNotFoundException missing = new FileNotFoundException("No such file: " + path);
                missing.initCause(e);
                throw missing;
            }
        }
    }

    private static final class ObjectStream extends SeekableInputStream {
        private final ObjectInput in;
        private long position;

        ObjectStream(ObjectInput in) {
            this.in = in;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long newPosition) {
            position = newPosition;
        }

        @Override
        public void readFully(byte[] buffer, int offset, int length) throws IOException {
            in.readFully(position, buffer, offset, length);
            position += length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int taken = (int) Math.min(length, in.length() - position);
            if (taken <= 0) {
                return length == 0 ? 0 : -1;
            }
            readFully(buffer, offset, taken);
            return taken;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.max(0, Math.min(count, in.length() - position));
            position += skipped;
            return skipped;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private record Output(ObjectStore table, String path) implements OutputFile {
        @Override
        public PositionOutputStream create(boolean overwrite) throws IOException {
            String file = relative(table, path);
            if (!overwrite && table.exists(file)) {
                throw new FileAlreadyExistsException(path);
            }
            return new OutputStreamOfObject(table.create(file));
        }

        @Override
        public void writeAtomically(CloseableIterator<String> lines, boolean overwrite) throws IOException {
            StringBuilder text = new StringBuilder();
            try (lines) {
                lines.forEachRemaining(line -> text.append(line).append('\n'));
            }
            byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
            if (!overwrite) {
                table.createNew(relative(table, path), content);
                return;
            }
            try (ObjectOutput out = table.create(relative(table, path))) {
                out.write(content);
            }
        }
    }

    /** The object is there when the stream was closed. */
    private static final class OutputStreamOfObject extends PositionOutputStream {
        private final ObjectOutput out;

        OutputStreamOfObject(ObjectOutput out) {
            this.out = out;
        }

        @Override
        public long getPos() {
            return out.position();
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
