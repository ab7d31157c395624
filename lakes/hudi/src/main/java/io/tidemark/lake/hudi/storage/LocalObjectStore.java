package io.tidemark.lake.hudi.storage;

import io.tidemark.spi.storage.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Objects as files of a folder. A file is written under another name, forced to disk, and renamed. */
public final class LocalObjectStore implements ObjectStore {
    private static final String UNFINISHED = ".unfinished-";

    private final Path root;

    public LocalObjectStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public String root() {
        return root.toString();
    }

    @Override
    public ObjectOutput create(String path) throws IOException {
        Path target = root.resolve(path);
        Files.createDirectories(target.getParent());
        return new Output(target, target.resolveSibling(UNFINISHED + UUID.randomUUID()));
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return new Input(FileChannel.open(root.resolve(path), StandardOpenOption.READ));
    }

    @Override
    public boolean exists(String path) {
        return Files.isRegularFile(root.resolve(path));
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        int slash = prefix.lastIndexOf('/');
        Path folder = slash < 0 ? root : root.resolve(prefix.substring(0, slash));
        List<String> paths = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return paths;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                String path = root.relativize(file).toString().replace('\\', '/');
                boolean isWhole = !file.getFileName().toString().startsWith(UNFINISHED);
                if (isWhole && path.startsWith(prefix) && Files.isRegularFile(file)) {
                    paths.add(path);
                }
            }
        }
        paths.sort(null);
        return paths;
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path));
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private static final class Output extends ObjectOutput {
        private final Path target;
        private final Path unfinished;
        private final FileChannel channel;
        private long position;
        private boolean isEnded;

        Output(Path target, Path unfinished) throws IOException {
            this.target = target;
            this.unfinished = unfinished;
            this.channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(source, offset, length);
            while (bytes.hasRemaining()) {
                position += channel.write(bytes);
            }
        }

        @Override
        public void abort() {
            if (isEnded) {
                return;
            }
            isEnded = true;
            try {
                channel.close();
                Files.deleteIfExists(unfinished);
            } catch (IOException e) {
                // What is left is a file that nothing refers to.
            }
        }

        @Override
        public void close() throws IOException {
            if (isEnded) {
                return;
            }
            isEnded = true;
            channel.force(true);
            channel.close();
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    private static final class Input implements ObjectInput {
        private final FileChannel channel;
        private final long length;

        Input(FileChannel channel) throws IOException {
            this.channel = channel;
            this.length = channel.size();
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int count) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, count);
            long at = position;
            while (bytes.hasRemaining()) {
                int read = channel.read(bytes, at);
                if (read < 0) {
                    throw new EOFException("Cannot read an object: it ends early (position=" + at + ")");
                }
                at += read;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
