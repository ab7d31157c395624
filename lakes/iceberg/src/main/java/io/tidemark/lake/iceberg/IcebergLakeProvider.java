package io.tidemark.lake.iceberg;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.storage.LakeStorage;
import java.nio.file.Path;
import java.util.List;

/** Lakes of type {@code iceberg}. */
public final class IcebergLakeProvider implements LakeProvider {
    @Override
    public String type() {
        return "iceberg";
    }

    @Override
    public List<Setting<?>> settings() {
        return IcebergSettings.ALL;
    }

    @Override
    public Lake open(String location, Settings settings, Path state) {
        return IcebergLake.open(location, settings, state, LakeOptions.defaults());
    }

    @Override
    public ObjectStore openStorage(String location, Settings settings) {
        return LakeStorage.of(location, settings).open();
    }
}
