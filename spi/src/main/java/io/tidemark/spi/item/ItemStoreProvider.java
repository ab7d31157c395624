package io.tidemark.spi.item;

import io.tidemark.spi.config.Settings;

/** Opens stores of one kind; found by {@link java.util.ServiceLoader}. */
public interface ItemStoreProvider {
    /** The type of the source that mirrors such stores, for example {@code dynamodb}. */
    String type();

    /**
     * Opens a store. Does not connect yet.
     *
     * @param settings those of the source
     */
    ItemStore open(Settings settings);
}
