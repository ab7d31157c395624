package io.tidemark.metastore.jdbc;

import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.metastore.MetadataStoreContract;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;

class SqliteMetadataStoreContractTest extends MetadataStoreContract {
    @TempDir
    Path folder;

    @Override
    protected MetadataStore open() {
        return JdbcMetadataStore.open("jdbc:sqlite:" + folder.resolve("metadata.db"), new Properties());
    }
}
