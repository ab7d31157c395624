package io.tidemark.lake.iceberg;

import io.tidemark.testkit.lake.CommitFault;
import io.tidemark.testkit.lake.SimulatedCrash;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** The embedded catalog with a fault switch for the next commit of this thread. Iceberg makes it by name. */
public final class FaultyCatalog extends JdbcCatalog {
    private static final ThreadLocal<CommitFault> NEXT = ThreadLocal.withInitial(() -> CommitFault.NONE);

    static void failNext(CommitFault fault) {
        NEXT.set(fault);
    }

    @Override
    protected TableOperations newTableOps(TableIdentifier identifier) {
        return new Operations(super.newTableOps(identifier));
    }

    private static final class Operations implements TableOperations {
        private final TableOperations real;

        Operations(TableOperations real) {
            this.real = real;
        }

        @Override
        public void commit(TableMetadata base, TableMetadata metadata) {
            CommitFault fault = NEXT.get();
            NEXT.set(CommitFault.NONE);
            switch (fault) {
                case CRASH_BEFORE -> throw new SimulatedCrash();
                case UNKNOWN_BEFORE -> throw new CommitStateUnknownException(new RuntimeException("no answer"));
                case REFUSED -> throw new CommitFailedException("refused");
                default -> real.commit(base, metadata);
            }
            if (fault == CommitFault.CRASH_AFTER) {
                throw new SimulatedCrash();
            } else if (fault == CommitFault.UNKNOWN_AFTER) {
                throw new CommitStateUnknownException(new RuntimeException("no answer"));
            }
        }

        @Override
        public TableMetadata current() {
            return real.current();
        }

        @Override
        public TableMetadata refresh() {
            return real.refresh();
        }

        @Override
        public FileIO io() {
            return real.io();
        }

        @Override
        public EncryptionManager encryption() {
            return real.encryption();
        }

        @Override
        public String metadataFileLocation(String fileName) {
            return real.metadataFileLocation(fileName);
        }

        @Override
        public LocationProvider locationProvider() {
            return real.locationProvider();
        }

        @Override
        public TableOperations temp(TableMetadata uncommitted) {
            return real.temp(uncommitted);
        }
    }
}
