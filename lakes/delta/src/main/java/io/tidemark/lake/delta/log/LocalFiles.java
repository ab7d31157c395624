package io.tidemark.lake.delta.log;

import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Files on local disk for Delta Kernel, without Hadoop. */
final class LocalFiles implements FileIO {
    private static final String TEMPORARY_PREFIX = ".tmp-";

    @Override
    public CloseableIterator<FileStatus> listFrom(String path) throws IOException {
        Path from = path(path);
        Path folder = folder(from);
        if (!Files.isDirectory(folder)) {
            throw new FileNotFoundException("No such folder: " + folder);
        }
        List<FileStatus> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".")
                        && name.compareTo(from.getFileName().toString()) >= 0
                        && Files.isRegularFile(file)) {
                    found.add(status(file));
                }
            }
        }
        found.sort(Comparator.comparing(FileStatus::getPath));
        return iterator(found.iterator());
    }

    @Override
    public FileStatus getFileStatus(String path) throws IOException {
        Path file = path(path);
        if (!Files.exists(file)) {
            throw new FileNotFoundException("No such file: " + file);
        }
        return status(file);
    }

    @Override
    public String resolvePath(String path) {
        return path(path).toAbsolutePath().normalize().toString();
    }

    @Override
    public boolean mkdirs(String path) throws IOException {
        Files.createDirectories(path(path));
        return true;
    }

    @Override
    public InputFile newInputFile(String path, long size) {
        return new Input(path(path));
    }

    @Override
    public OutputFile newOutputFile(String path) {
        return new Output(path(path));
    }

    @Override
    public boolean delete(String path) throws IOException {
        return Files.deleteIfExists(path(path));
    }

    @Override
    public Optional<String> getConf(String key) {
        return Optional.empty();
    }

    /**
     * Makes a file with this content, durable, unless there is one.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is one, whoever makes it at the same time
     */
    static void create(Path file, byte[] content) throws IOException {
        Path temporary = write(file, content);
        try {
            // Unlike a rename, a link never takes the place of a file.
            Files.createLink(file, temporary);
            sync(folder(file));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Path write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(TEMPORARY_PREFIX + UUID.randomUUID());
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        return temporary;
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    private static Path path(String path) {
        return Path.of(path.startsWith("file:") ? path.replaceFirst("^file:(//)?", "") : path);
    }

    private static FileStatus status(Path file) throws IOException {
        return FileStatus.of(
                file.toString(),
                Files.size(file),
                Files.getLastModifiedTime(file).toMillis());
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

    private record Input(Path file) implements InputFile {
        @Override
        public long length() throws IOException {
            return Files.size(file);
        }

        @Override
        public String path() {
            return file.toString();
        }

        @Override
        public SeekableInputStream newStream() throws IOException {
            return new InputStreamOfFile(file);
        }
    }

    private static final class InputStreamOfFile extends SeekableInputStream {
        private final RandomAccessFile file;

        InputStreamOfFile(Path path) throws IOException {
            this.file = new RandomAccessFile(path.toFile(), "r");
        }

        @Override
        public long getPos() throws IOException {
            return file.getFilePointer();
        }

        @Override
        public void seek(long position) throws IOException {
            file.seek(position);
        }

        @Override
        public void readFully(byte[] buffer, int offset, int length) throws IOException {
            file.readFully(buffer, offset, length);
        }

        @Override
        public int read() throws IOException {
            return file.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return file.read(buffer, offset, length);
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = Math.max(0, Math.min(count, file.length() - file.getFilePointer()));
            file.seek(file.getFilePointer() + skipped);
            return skipped;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private record Output(Path file) implements OutputFile {
        @Override
        public String path() {
            return file.toString();
        }

        @Override
        public PositionOutputStream create(boolean overwrite) throws IOException {
            return new OutputStreamOfFile(file, overwrite);
        }

        @Override
        public void writeAtomically(CloseableIterator<String> lines, boolean overwrite) throws IOException {
            StringBuilder text = new StringBuilder();
            try (lines) {
                lines.forEachRemaining(line -> text.append(line).append('\n'));
            }
            byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
            if (overwrite) {
                Files.move(write(file, content), file, StandardCopyOption.ATOMIC_MOVE);
                sync(folder(file));
            } else {
                LocalFiles.create(file, content);
            }
        }
    }

    /** The file is there when the stream was closed. */
    private static final class OutputStreamOfFile extends PositionOutputStream {
        private final Path file;
        private final Path temporary;
        private final boolean overwrite;
        private final RandomAccessFile out;
        private boolean isClosed;

        OutputStreamOfFile(Path file, boolean overwrite) throws IOException {
            this.file = file;
            this.overwrite = overwrite;
            this.temporary = file.resolveSibling(TEMPORARY_PREFIX + UUID.randomUUID());
            this.out = new RandomAccessFile(temporary.toFile(), "rw");
        }

        @Override
        public long getPos() throws IOException {
            if (isClosed) {
                throw new EOFException("The stream is closed: " + file);
            }
            return out.getFilePointer();
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
            if (isClosed) {
                return;
            }
            isClosed = true;
            out.getFD().sync();
            out.close();
            if (overwrite) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.createLink(file, temporary);
                Files.delete(temporary);
            }
            sync(folder(file));
        }
    }
}
