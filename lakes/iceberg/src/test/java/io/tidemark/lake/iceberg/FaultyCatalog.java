package io.tidemark.lake.iceberg;

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
    private static final ThreadLocal<Fault> NEXT = ThreadLocal.withInitial(() -> Fault.NONE);

    /** What happens to a commit. */
    enum Fault {
        NONE,
        /** The process dies before the swap. */
        CRASH_BEFORE,
        /** The process dies after the swap. */
        CRASH_AFTER,
        /** Nobody answers, and the swap did not happen. */
        UNKNOWN_BEFORE,
        /** Nobody answers, and the swap happened. */
        UNKNOWN_AFTER,
        /** The swap fails although nobody else committed. */
        REFUSED
    }

    /** Stands for the end of the process: nothing may catch it. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crash", null, false, false);
        }
    }

    static void failNext(Fault fault) {
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
            Fault fault = NEXT.get();
            NEXT.set(Fault.NONE);
            switch (fault) {
                case CRASH_BEFORE -> throw new Crash();
                case UNKNOWN_BEFORE -> throw new CommitStateUnknownException(new RuntimeException("no answer"));
                case REFUSED -> throw new CommitFailedException("refused");
                default -> real.commit(base, metadata);
            }
            if (fault == Fault.CRASH_AFTER) {
                throw new Crash();
            } else if (fault == Fault.UNKNOWN_AFTER) {
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
