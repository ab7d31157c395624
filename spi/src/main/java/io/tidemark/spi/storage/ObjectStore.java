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

    /** Paths of the objects whose path starts with the prefix (a folder ends with {@code /}), ordered, at any depth. */
    List<String> list(String prefix) throws IOException;

    /** Deletes the object; one that does not exist is no error. */
    void delete(String path) throws IOException;

    @Override
    void close();

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

        /** The whole of a small object. */
        default byte[] readAll() throws IOException {
            byte[] bytes = new byte[Math.toIntExact(length())];
            readFully(0, bytes, 0, bytes.length);
            return bytes;
        }

        @Override
        void close() throws IOException;
    }
}
