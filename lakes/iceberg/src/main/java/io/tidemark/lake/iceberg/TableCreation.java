package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.maintain.Upkeep;
import io.tidemark.lake.iceberg.schema.IcebergSchemas;
import io.tidemark.lake.iceberg.schema.PartitionFields;
import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;

/**
 * Makes the Iceberg table of a mirror. It is made without partitions, which are then added in the same transaction: so it has both partition
 * specs, the one without fields for the files of applies (see {@link io.tidemark.lake.upsert.apply.PendingChanges}).
 */
final class TableCreation {
    private static final int METADATA_FILES_KEPT = 20;

    private final Catalog catalog;
    private final LakeTableSpec spec;
    private final IcebergSettings.Deletes deletes;
    private final Clock clock;

    TableCreation(Catalog catalog, LakeTableSpec spec, IcebergSettings.Deletes deletes, Clock clock) {
        this.catalog = catalog;
        this.spec = spec;
        this.deletes = deletes;
        this.clock = clock;
    }

    Table create(TableIdentifier identifier, String location) {
        makeNamespace(identifier.namespace());
        Transaction creation = catalog.buildTable(identifier, IcebergSchemas.of(spec))
                .withLocation(location)
                .withProperties(properties())
                .createTransaction();
        if (!spec.partitions().isEmpty()) {
            UpdatePartitionSpec update = creation.updateSpec();
            PartitionFields.add(spec, creation.table().schema(), update);
            update.commit();
        }
        try {
            creation.commitTransaction();
        } catch (AlreadyExistsException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot create the mirror of " + spec.schema().table() + ": another process just made it",
                    e);
        }
        return catalog.loadTable(identifier);
    }

    private void makeNamespace(Namespace namespace) {
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(namespace)) {
            try {
                namespaces.createNamespace(namespace);
            } catch (AlreadyExistsException e) {
                // Another process was faster.
            }
        }
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>(Upkeep.ofNewTable(clock));
        properties.put(SpecProperties.KEY, SpecProperties.write(spec));
        properties.put(TableProperties.FORMAT_VERSION, Integer.toString(deletes.formatVersion()));
        properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
        properties.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, Integer.toString(METADATA_FILES_KEPT));
        properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
        // Other engines that change rows shall do it as we do.
        properties.put(TableProperties.DELETE_MODE, "merge-on-read");
        properties.put(TableProperties.UPDATE_MODE, "merge-on-read");
        properties.put(TableProperties.MERGE_MODE, "merge-on-read");
        return properties;
    }
}
