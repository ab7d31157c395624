package io.tidemark.lake.iceberg.commit;

import java.util.Map;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * The operations of one commit, bound to the version it was computed from: whatever Iceberg refreshes, it sees that version, and the catalog's
 * compare-and-swap succeeds only while that version is current. So the progress and fence that were checked in that version are the ones the
 * commit replaces, and nothing is ever retried on top of another commit.
 */
final class ConditionalOperations implements TableOperations {
    private final TableOperations catalog;
    private final TableMetadata base;
    private final Map<String, String> properties;
    private boolean attempted;
    private boolean committed;

    /**
     * @param properties table properties to set along with the commit
     */
    ConditionalOperations(TableOperations catalog, TableMetadata base, Map<String, String> properties) {
        this.catalog = catalog;
        this.base = base;
        this.properties = properties;
    }

    @Override
    public TableMetadata current() {
        return committed ? catalog.current() : base;
    }

    @Override
    public TableMetadata refresh() {
        return committed ? catalog.refresh() : base;
    }

    @Override
    public void commit(TableMetadata from, TableMetadata to) {
        if (from != base) {
            throw new IllegalStateException("Cannot commit: it was computed from another version than the one checked");
        }
        TableMetadata target = properties.isEmpty()
                ? to
                : TableMetadata.buildFrom(to).setProperties(properties).build();
        attempted = true;
        try {
            catalog.commit(from, target);
        } catch (CommitFailedException e) {
            throw new StaleBaseException("The table moved on", e);
        }
        committed = true;
    }

    /** Whether the catalog was asked to swap; before that a failure is certain. */
    boolean attempted() {
        return attempted;
    }

    @Override
    public FileIO io() {
        return catalog.io();
    }

    @Override
    public EncryptionManager encryption() {
        return catalog.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
        return catalog.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
        return catalog.locationProvider();
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
        return catalog.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
        return catalog.newSnapshotId();
    }

    @Override
    public boolean requireStrictCleanup() {
        return catalog.requireStrictCleanup();
    }
}
