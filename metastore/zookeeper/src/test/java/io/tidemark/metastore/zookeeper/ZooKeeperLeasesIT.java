package io.tidemark.metastore.zookeeper;

import io.tidemark.engine.lease.LeaseContract;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.metastore.MetadataStore;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class ZooKeeperLeasesIT extends LeaseContract {
    private static final AtomicInteger NODES = new AtomicInteger();

    private static TestingServer server;

    private String path;

    @BeforeAll
    static void startServer() throws Exception {
        server = new TestingServer();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void nameNode() {
        path = "/leases-" + NODES.incrementAndGet();
    }

    @Override
    protected MetadataStore open() {
        return new ZooKeeperMetadataStoreProvider()
                .open(new Settings("metadata", Map.of("connect", server.getConnectString() + path), Map.of()));
    }

    @Override
    protected void disconnect() throws Exception {
        server.stop();
    }

    @Override
    protected void reconnect() throws Exception {
        server.restart();
    }
}
