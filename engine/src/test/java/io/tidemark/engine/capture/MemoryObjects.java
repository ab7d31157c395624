package io.tidemark.engine.capture;

import io.tidemark.spi.storage.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Objects in memory. */
final class MemoryObjects implements ObjectStore {
    private final NavigableMap<String, byte[]> objects = new TreeMap<>();

    @Override
    public String root() {
        return "memory";
    }

    @Override
    public ObjectOutput create(String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new ObjectOutput() {
            private boolean aborted;

            @Override
            public long position() {
                return bytes.size();
            }

            @Override
            public void abort() {
                aborted = true;
            }

            @Override
            public void write(int b) {
                bytes.write(b);
            }

            @Override
            public void close() {
                if (!aborted) {
                    objects.put(path, bytes.toByteArray());
                }
            }
        };
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        byte[] found = objects.get(path);
        if (found == null) {
            throw new NoSuchFileException(path);
        }
        return new ObjectInput() {
            @Override
            public long length() {
                return found.length;
            }

            @Override
            public void readFully(long position, byte[] buffer, int offset, int length) {
                System.arraycopy(found, (int) position, buffer, offset, length);
            }

            @Override
            public void close() {
                // In memory.
            }
        };
    }

    @Override
    public boolean exists(String path) {
        return objects.containsKey(path);
    }

    @Override
    public void createNew(String path, byte[] content) throws IOException {
        if (objects.putIfAbsent(path, content.clone()) != null) {
            throw new FileAlreadyExistsException(path);
        }
    }

    @Override
    public List<StoredObject> objects(String prefix) {
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new StoredObject(entry.getKey(), entry.getValue().length, 0))
                .toList();
    }

    @Override
    public List<String> folders(String folder) {
        return objects.keySet().stream()
                .filter(path -> path.startsWith(folder) && path.indexOf('/', folder.length()) > 0)
                .map(path -> path.substring(folder.length(), path.indexOf('/', folder.length())))
                .distinct()
                .toList();
    }

    @Override
    public void delete(String path) {
        objects.remove(path);
    }

    @Override
    public void close() {
        // In memory.
    }
}
