package io.tidemark.lake.delta;

import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.testkit.lake.CommitFault;
import io.tidemark.testkit.lake.SimulatedCrash;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;

/** A storage with a fault switch for the next version of a table that this thread makes. */
final class FaultyStorage implements ObjectStore {
    private static final ThreadLocal<CommitFault> NEXT = ThreadLocal.withInitial(() -> CommitFault.NONE);

    private final ObjectStore store;
    private final boolean isResent;

    /** @param isResent whether a call whose answer was lost is sent again, so that it meets what it has made */
    FaultyStorage(ObjectStore store, boolean isResent) {
        this.store = store;
        this.isResent = isResent;
    }

    static void failNext(CommitFault fault) {
        NEXT.set(fault);
    }

    @Override
    public void createNew(String path, byte[] content) throws IOException {
        if (!path.contains("_delta_log/")) {
            store.createNew(path, content);
            return;
        }
        CommitFault fault = NEXT.get();
        NEXT.set(CommitFault.NONE);
        switch (fault) {
            case CRASH_BEFORE -> throw new SimulatedCrash();
            case UNKNOWN_BEFORE -> throw new IOException("no answer");
            case REFUSED -> throw new FileAlreadyExistsException(path);
            default -> store.createNew(path, content);
        }
        if (fault == CommitFault.CRASH_AFTER) {
            throw new SimulatedCrash();
        } else if (fault == CommitFault.UNKNOWN_AFTER) {
            throw isResent ? new FileAlreadyExistsException(path) : new IOException("no answer");
        }
    }

    @Override
    public String root() {
        return store.root();
    }

    @Override
    public ObjectOutput create(String path) throws IOException {
        return store.create(path);
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return store.open(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return store.exists(path);
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
    public void deleteAll(String prefix) throws IOException {
        store.deleteAll(prefix);
    }

    @Override
    public void close() {
        store.close();
    }
}
