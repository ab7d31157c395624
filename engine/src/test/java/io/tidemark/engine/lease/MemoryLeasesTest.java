package io.tidemark.engine.lease;

import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;

class MemoryLeasesTest extends LeaseContract {
    private final InMemoryMetadataStore store = new InMemoryMetadataStore();

    @Override
    protected MetadataStore open() {
        return store;
    }

    @Override
    protected void disconnect() {
        store.disconnect();
    }

    @Override
    protected void reconnect() {
        store.reconnect();
    }
}
