package io.tidemark.slices;

import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A storage that fails when told to: at the n-th call that writes, or at every call that reads bytes. */
final class FaultyObjectStore implements ObjectStore {
    private final ObjectStore store;
    private @Nullable IOException writeFailure;
    private @Nullable IOException readFailure;
    private int writesUntilFailure;
    private long firstFailingByte;

    FaultyObjectStore(ObjectStore store) {
        this.store = store;
    }

    /** Lets this many creations, writes and closes pass, then fails one. */
    void failWriteAfter(int writes, IOException failure) {
        writesUntilFailure = writes;
        writeFailure = failure;
    }

    /** Fails reads of bytes from this place of an object on. */
    void failReadsFrom(long position, IOException failure) {
        firstFailingByte = position;
        readFailure = failure;
    }

    @Override
    public String root() {
        return store.root();
    }

    @Override
    public ObjectOutput create(String path) throws IOException {
        countWrite();
        return new Output(store.create(path));
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return new Input(store.open(path));
    }

    @Override
    public boolean exists(String path) throws IOException {
        return store.exists(path);
    }

    @Override
    public void createNew(String path, byte[] content) throws IOException {
        countWrite();
        store.createNew(path, content);
    }

    @Override
    public List<StoredObject> objects(String prefix) throws IOException {
        return store.objects(prefix);
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        return store.folders(folder);
    }

    @Override
    public void delete(String path) throws IOException {
        store.delete(path);
    }

    @Override
    public void close() {
        store.close();
    }

    private synchronized void countWrite() throws IOException {
        if (writeFailure != null && writesUntilFailure-- == 0) {
            throw writeFailure;
        }
    }

    private final class Output extends ObjectOutput {
        private final ObjectOutput out;

        Output(ObjectOutput out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            countWrite();
            out.write(source, offset, length);
        }

        @Override
        public long position() {
            return out.position();
        }

        @Override
        public void abort() {
            out.abort();
        }

        @Override
        public void close() throws IOException {
            try {
                countWrite();
            } catch (IOException e) {
                out.abort();
                throw e;
            }
            out.close();
        }
    }

    private final class Input implements ObjectInput {
        private final ObjectInput in;

        Input(ObjectInput in) {
            this.in = in;
        }

        @Override
        public long length() {
            return in.length();
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int length) throws IOException {
            if (readFailure != null && position + length > firstFailingByte) {
                throw readFailure;
            }
            in.readFully(position, buffer, offset, length);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
