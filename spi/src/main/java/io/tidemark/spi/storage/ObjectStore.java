package io.tidemark.spi.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Object storage under one root. Paths are relative to the root, with {@code /} between parts. Safe from any thread. Methods throw
 * {@link IOException} with the path in the message; {@link java.nio.file.NoSuchFileException} when an object that must exist does not.
 */
public interface ObjectStore extends AutoCloseable {
    /** The root, as a URI or a path that other engines understand. */
    String root();

    /**
     * Opens a new object for writing. The object becomes visible and durable, as a whole, when the stream is closed; a stream that is
     * {@linkplain ObjectOutput#abort() aborted} or never closed leaves nothing visible. Replaces an object at the same path.
     */
    ObjectOutput create(String path) throws IOException;

    /** Opens an object for reading at any place. */
    ObjectInput open(String path) throws IOException;

    boolean exists(String path) throws IOException;

    /**
     * Makes a small object, unless there is one at the path: of several that try, one does.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is one, which may have come from this very call, sent again after its answer was
     *     lost; after any other exception there may be one or not
     */
    void createNew(String path, byte[] content) throws IOException;

    /** The objects whose path starts with the prefix (a folder ends with {@code /}), ordered by path, at any depth. */
    List<StoredObject> objects(String prefix) throws IOException;

    /** Paths of {@link #objects}. */
    default List<String> list(String prefix) throws IOException {
        return objects(prefix).stream().map(StoredObject::path).toList();
    }

    /**
     * Names of the folders right in a folder, ordered.
     *
     * @param folder path that ends with {@code /}
     */
    List<String> folders(String folder) throws IOException;

    /** Deletes the object; one that does not exist is no error. */
    void delete(String path) throws IOException;

    /** Deletes all {@link #objects} of a prefix. */
    default void deleteAll(String prefix) throws IOException {
        for (String path : list(prefix)) {
            delete(path);
        }
    }

    @Override
    void close();

    /**
     * An object that is there.
     *
     * @param path its path
     * @param bytes its size
     * @param modifiedMillis when it was made, in milliseconds since the epoch by the storage's clock
     */
    record StoredObject(String path, long bytes, long modifiedMillis) {}

    /** A stream that can be given up. */
    abstract class ObjectOutput extends OutputStream {
        /** Bytes written so far. */
        public abstract long position();

        /** Gives the object up: nothing becomes visible. Does nothing after {@link #close()}. */
        public abstract void abort();
    }

    /** Random access to an object. Not thread-safe. */
    interface ObjectInput extends AutoCloseable {
        long length();

        /** Fills {@code buffer[offset, offset+length)} from the object's bytes that start at {@code position}. */
        void readFully(long position, byte[] buffer, int offset, int length) throws IOException;

        /** The whole of a small object; an IOException when it is larger than an array can be. */
        default byte[] readAll() throws IOException {
            if (length() > Integer.MAX_VALUE - 8) {
                throw new IOException("it is too large to be read at once (bytes=" + length() + ")");
            }
            byte[] bytes = new byte[(int) length()];
            readFully(0, bytes, 0, bytes.length);
            return bytes;
        }

        @Override
        void close() throws IOException;
    }
}
