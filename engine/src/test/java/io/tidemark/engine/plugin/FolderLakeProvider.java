package io.tidemark.engine.plugin;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.storage.ObjectStore;
import java.nio.file.Path;
import java.util.List;

/** A plug-in that tells by which class loaders it runs. */
public final class FolderLakeProvider implements LakeProvider {
    @Override
    public String type() {
        return "folder";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(Setting.text("loaders", loaders()));
    }

    @Override
    public Lake open(String location, Settings settings, Path state) {
        throw new IllegalStateException("Cannot open " + location);
    }

    @Override
    public ObjectStore openStorage(String location, Settings settings) {
        return new Store();
    }

    private static String loaders() {
        return FolderLakeProvider.class.getClassLoader().getName() + " "
                + Thread.currentThread().getContextClassLoader().getName();
    }

    private record Store() implements ObjectStore {
        @Override
        public String root() {
            String[] found = new String[1];
            Thread thread = new Thread(() -> found[0] = loaders());
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return found[0];
        }

        @Override
        public ObjectOutput create(String path) {
            throw new UnsupportedOperationException(path);
        }

        @Override
        public ObjectInput open(String path) {
            throw new UnsupportedOperationException(path);
        }

        @Override
        public boolean exists(String path) {
            return false;
        }

        @Override
        public void createNew(String path, byte[] content) {
            throw new UnsupportedOperationException(path);
        }

        @Override
        public List<StoredObject> objects(String prefix) {
            return List.of();
        }

        @Override
        public List<String> folders(String folder) {
            return List.of();
        }

        @Override
        public void delete(String path) {
            // Nothing is there.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
