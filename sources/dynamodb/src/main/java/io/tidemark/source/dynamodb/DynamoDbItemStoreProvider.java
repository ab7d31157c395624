package io.tidemark.source.dynamodb;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.item.ItemStoreProvider;

/** Makes {@link DynamoDbItemStore}s. */
public final class DynamoDbItemStoreProvider implements ItemStoreProvider {
    @Override
    public String type() {
        return "dynamodb";
    }

    @Override
    public ItemStore open(Settings settings) {
        return new DynamoDbItemStore(DynamoDbSettings.clients(settings));
    }
}
