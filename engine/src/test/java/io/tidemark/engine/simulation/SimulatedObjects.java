package io.tidemark.engine.simulation;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.storage.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** The object storage, and how processes see it. */
final class SimulatedObjects {
    private final World world;
    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    SimulatedObjects(World world) {
        this.world = world;
    }

    /** As a process sees it. */
    ObjectStore seen() {
        return new Store(true);
    }

    /** As it is. */
    ObjectStore faultless() {
        return new Store(false);
    }

    private final class Store implements ObjectStore {
        private final boolean hasFaults;

        private Store(boolean hasFaults) {
            this.hasFaults = hasFaults;
        }

        private <T> T read(String what, Supplier<T> call) throws IOException {
            try {
                return hasFaults ? world.read(what, ErrorCode.LAKE_IO, call) : call.get();
            } catch (TidemarkException e) {
                throw new IOException(e.reason(), e);
            }
        }

        private <T> T write(String what, Supplier<T> call) throws IOException {
            try {
                return hasFaults ? world.write(what, ErrorCode.LAKE_IO, call) : call.get();
            } catch (TidemarkException e) {
                throw new IOException(e.reason(), e);
            }
        }

        @Override
        public String root() {
            return "simulated";
        }

        @Override
        public ObjectOutput create(String path) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            return new ObjectOutput() {
                private boolean ended;

                @Override
                public long position() {
                    return bytes.size();
                }

                @Override
                public void abort() {
                    ended = true;
                }

                @Override
                public void write(int b) {
                    bytes.write(b);
                }

                @Override
                public void write(byte[] from, int offset, int length) {
                    bytes.write(from, offset, length);
                }

                @Override
                public void close() throws IOException {
                    if (!ended) {
                        ended = true;
                        byte[] content = bytes.toByteArray();
                        if (world.has(Bug.OBJECTS_APPEAR_HALF)) {
                            objects.put(path, Arrays.copyOf(content, content.length / 2));
                        }
                        Store.this.write("put " + path, () -> objects.put(path, content));
                    }
                }
            };
        }

        @Override
        public ObjectInput open(String path) throws IOException {
            byte[] found = read("get " + path, () -> objects.getOrDefault(path, MISSING));
            if (found == MISSING) {
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
        public boolean exists(String path) throws IOException {
            return read("look for " + path, () -> objects.containsKey(path));
        }

        @Override
        public void createNew(String path, byte[] content) throws IOException {
            byte[] copy = content.clone();
            if (write("make " + path, () -> objects.putIfAbsent(path, copy) != null)) {
                throw new FileAlreadyExistsException(path);
            }
        }

        @Override
        public List<StoredObject> objects(String prefix) throws IOException {
            return read("list " + prefix, () -> {
                List<StoredObject> found = now(prefix);
                if (hasFaults && world.scheduler().isSimulated() && world.happens(5)) {
                    // By the time that the list arrives it is of some time ago.
                    world.scheduler().pause((long) (world.random().nextDouble() * 3e9));
                }
                return found;
            });
        }

        private List<StoredObject> now(String prefix) {
            return objects.tailMap(prefix).entrySet().stream()
                    .takeWhile(entry -> entry.getKey().startsWith(prefix))
                    .map(entry -> new StoredObject(entry.getKey(), entry.getValue().length, 0))
                    .toList();
        }

        @Override
        public List<String> folders(String folder) throws IOException {
            return objects(folder).stream()
                    .map(StoredObject::path)
                    .filter(path -> path.indexOf('/', folder.length()) > 0)
                    .map(path -> path.substring(folder.length(), path.indexOf('/', folder.length())))
                    .distinct()
                    .toList();
        }

        @Override
        public void delete(String path) throws IOException {
            write("remove " + path, () -> {
                objects.remove(path);
                return true;
            });
        }

        @Override
        public void close() {
            // The objects stay.
        }
    }

    private static final byte[] MISSING = {};
}
