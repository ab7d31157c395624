package io.tidemark.lake.delta;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.maintain.Compaction;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.storage.LakeStorage;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Lakes of type {@code delta}. */
public final class DeltaLakeProvider implements LakeProvider {
    @Override
    public String type() {
        return "delta";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of();
    }

    @Override
    public Lake open(String location, Settings settings, Path state) {
        LakeStorage storage = storage(location, settings);
        return new DeltaLake(
                storage,
                storage.open(),
                state,
                ApplyLimits.DEFAULT,
                Compaction.Rules.DEFAULT,
                DeltaUpkeep.Rules.defaults(Clock.systemUTC()));
    }

    @Override
    public ObjectStore openStorage(String location, Settings settings) {
        return storage(location, settings).open();
    }

    private static LakeStorage storage(String location, Settings settings) {
        LakeStorage storage = LakeStorage.of(location, settings);
        if (!storage.isLocal() && !storage.isS3()) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open a Delta lake at " + location
                            + ": only local disks and S3 are supported, where a commit can be made on the condition that there is none of its number",
                    "Choose a path or s3://bucket/path, or 'type: iceberg' for other object storage.",
                    null);
        }
        return storage;
    }
}
