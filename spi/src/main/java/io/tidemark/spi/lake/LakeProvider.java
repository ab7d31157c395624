package io.tidemark.spi.lake;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.storage.ObjectStore;
import java.nio.file.Path;
import java.util.List;

/** Makes lakes of one format; found by {@link java.util.ServiceLoader}. */
public interface LakeProvider {
    /** The {@code type} in the configuration, for example {@code iceberg}. */
    String type();

    List<Setting<?>> settings();

    /** Whether jobs on Spark can make mirrors from staged chunks. */
    default boolean loadsStaged() {
        return true;
    }

    /**
     * Opens the lake.
     *
     * @param location root of the lake: a local path or a URI
     * @param state folder on local disk for catalogs and indexes of the embedded kind
     */
    Lake open(String location, Settings settings, Path state);

    /** Opens the storage under the lake's root with the same credentials, for the slice log. */
    ObjectStore openStorage(String location, Settings settings);
}
