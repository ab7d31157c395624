package io.tidemark.lake.delta;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.maintain.Compaction;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;

/** Lakes of type {@code delta}. */
public final class DeltaLakeProvider implements LakeProvider {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*", Pattern.DOTALL);
    private static final Pattern FILE_SCHEME = Pattern.compile("file:(//)?(?=/)");

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
        return new DeltaLake(
                root(location),
                state,
                ApplyLimits.DEFAULT,
                Compaction.Rules.DEFAULT,
                DeltaUpkeep.Rules.defaults(Clock.systemUTC()));
    }

    @Override
    public ObjectStore openStorage(String location, Settings settings) {
        return storage(root(location));
    }

    static LocalObjectStore storage(Path folder) {
        try {
            return new LocalObjectStore(folder);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_NOT_WRITABLE,
                    "Cannot open the lake: " + e.getMessage() + " (location=" + folder + ")",
                    e);
        }
    }

    private static Path root(String location) {
        String path = FILE_SCHEME.matcher(location).replaceFirst("");
        if (SCHEME.matcher(path).matches()) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open a Delta lake at " + location + ": only local disks are supported so far",
                    "Choose a path, or 'type: iceberg' for object storage.",
                    null);
        }
        return Path.of(path).toAbsolutePath().normalize();
    }
}
