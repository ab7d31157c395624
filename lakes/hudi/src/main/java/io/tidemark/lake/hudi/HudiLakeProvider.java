package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.commit.TableCreation;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.hudi.common.model.HoodieTableType;

/** Lakes of type {@code hudi}. */
public final class HudiLakeProvider implements LakeProvider {
    @Override
    public String type() {
        return "hudi";
    }

    @Override
    public List<Setting<?>> settings() {
        return HudiSettings.ALL;
    }

    /** A file group is written by who knows its records; a load makes them as rows come. */
    @Override
    public boolean loadsStaged() {
        return false;
    }

    @Override
    public Lake open(String location, Settings settings, Path state) {
        WriteOptions options = new WriteOptions(
                settings.value(HudiSettings.INDEX),
                settings.value(HudiSettings.COMPACTION) == HudiSettings.Compaction.INLINE,
                settings.value(HudiSettings.COMPACTION_COMMITS),
                settings.value(HudiSettings.RETAINED_COMMITS),
                settings.value(HudiSettings.FILE_SIZE),
                settings.value(HudiSettings.APPLY_MEMORY),
                state.resolve("hudi").toFile(),
                settings.properties());
        options.requireFree();
        return new HudiLake(root(location), options, creation(settings));
    }

    @Override
    public ObjectStore openStorage(String location, Settings settings) {
        try {
            return new LocalObjectStore(root(location));
        } catch (IOException e) {
            throw new TidemarkException(ErrorCode.LAKE_NOT_WRITABLE, "Cannot open the lake: " + e.getMessage(), e);
        }
    }

    static TableCreation creation(Settings settings) {
        HoodieTableType type = settings.value(HudiSettings.TABLE_TYPE) == HudiSettings.TableKind.MERGE_ON_READ
                ? HoodieTableType.MERGE_ON_READ
                : HoodieTableType.COPY_ON_WRITE;
        return new TableCreation(type);
    }

    /** Only local disk: there the operating system's file locks make commits conditional. */
    private static Path root(String location) {
        if (location.startsWith("file:")) {
            return Path.of(URI.create(location)).toAbsolutePath().normalize();
        }
        if (location.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open a Hudi lake: its location must be a folder on a local disk (location=" + location
                            + ")");
        }
        return Path.of(location).toAbsolutePath().normalize();
    }
}
