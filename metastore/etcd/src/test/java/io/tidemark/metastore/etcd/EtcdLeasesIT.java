package io.tidemark.metastore.etcd;

import io.tidemark.engine.lease.LeaseContract;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.server.EtcdServer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class EtcdLeasesIT extends LeaseContract {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static EtcdServer server;

    private String prefix;

    @BeforeAll
    static void startServer() {
        server = EtcdServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void namePrefix() {
        prefix = "leases-" + PREFIXES.incrementAndGet() + "/";
    }

    @Override
    protected MetadataStore open() {
        return new EtcdMetadataStoreProvider()
                .open(new Settings(
                        "metadata", Map.of("endpoints", server.endpoint().toString(), "prefix", prefix), Map.of()));
    }

    @Override
    protected void disconnect() {
        server.stop();
    }

    @Override
    protected void reconnect() {
        server.restart();
    }
}
