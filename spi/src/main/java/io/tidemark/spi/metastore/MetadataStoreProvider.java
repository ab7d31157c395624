package io.tidemark.spi.metastore;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import java.util.List;

/** Makes metadata stores of one kind; found by {@link java.util.ServiceLoader}. */
public interface MetadataStoreProvider {
    /** The {@code type} in the configuration, for example {@code jdbc}. */
    String type();

    List<Setting<?>> settings();

    /** Opens the store, making its tables or folders when they are missing. */
    MetadataStore open(Settings settings);
}
