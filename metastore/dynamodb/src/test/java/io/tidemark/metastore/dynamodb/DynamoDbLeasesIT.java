package io.tidemark.metastore.dynamodb;

import io.tidemark.engine.lease.LeaseContract;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.server.BuiltJars;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class DynamoDbLeasesIT extends LeaseContract {
    private static final AtomicInteger TABLES = new AtomicInteger();

    private static DynamoDbServer server;

    private String table;

    @BeforeAll
    static void startServer() {
        server = DynamoDbServer.start(BuiltJars.dynamoDb());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void nameTable() {
        table = "leases-" + TABLES.incrementAndGet();
    }

    @Override
    protected MetadataStore open() {
        return new DynamoDbMetadataStoreProvider()
                .open(new Settings(
                        "metadata",
                        Map.of(
                                "table", table,
                                "endpoint", server.endpoint().toString(),
                                "region", server.region(),
                                "access-key", server.accessKey(),
                                "secret-key", server.secretKey()),
                        Map.of()));
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
