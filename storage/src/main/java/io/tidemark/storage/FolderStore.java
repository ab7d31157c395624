package io.tidemark.storage;

import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.util.List;

/** A folder of an object storage as one of its own. It is closed with the other. */
public final class FolderStore implements ObjectStore {
    private final ObjectStore store;
    private final String folder;

    /** @param folder its path, without a slash at the end */
    public FolderStore(ObjectStore store, String folder) {
        this.store = store;
        this.folder = folder + "/";
    }

    @Override
    public String root() {
        return store.root() + "/" + folder.substring(0, folder.length() - 1);
    }

    @Override
    public ObjectOutput create(String path) throws IOException {
        return store.create(folder + path);
    }

    @Override
    public void createNew(String path, byte[] content) throws IOException {
        store.createNew(folder + path, content);
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return store.open(folder + path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return store.exists(folder + path);
    }

    @Override
    public List<StoredObject> objects(String prefix) throws IOException {
        return store.objects(folder + prefix).stream()
                .map(object -> new StoredObject(
                        object.path().substring(folder.length()), object.bytes(), object.modifiedMillis()))
                .toList();
    }

    @Override
    public List<String> folders(String inside) throws IOException {
        return store.folders(folder + inside);
    }

    @Override
    public void delete(String path) throws IOException {
        store.delete(folder + path);
    }

    @Override
    public void deleteAll(String prefix) throws IOException {
        store.deleteAll(folder + prefix);
    }

    @Override
    public void close() {
        // The other is closed by who opened it.
    }
}
