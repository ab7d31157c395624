package io.tidemark.lake.iceberg.write;

import io.tidemark.lake.iceberg.schema.IcebergSchemas;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.lake.LakeTableSpec;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.io.FileIO;

/**
 * What writing to a mirror needs to know of it, as of one version of its metadata.
 *
 * @param table the table at that version
 * @param spec how the mirror was made
 * @param columns columns of its data files
 */
public record MirrorFiles(Table table, LakeTableSpec spec, List<ParquetColumn> columns) {
    public static MirrorFiles of(Table table, LakeTableSpec spec) {
        return new MirrorFiles(table, spec, IcebergSchemas.fileColumns(table.schema(), spec));
    }

    public FileIO io() {
        return table.io();
    }

    public Schema schema() {
        return table.schema();
    }

    /** Whether deletes are deletion vectors; else position delete files. */
    public boolean hasDeletionVectors() {
        return TableUtil.formatVersion(table) >= 3;
    }

    /** The table's partition spec. */
    public PartitionSpec partitioned() {
        return table.spec();
    }

    /**
     * The spec without fields, for files whose rows belong to many partitions. The table was made with it; should another program have
     * removed it, the table's own spec serves.
     */
    public PartitionSpec unpartitioned() {
        return table.specs().values().stream()
                .filter(PartitionSpec::isUnpartitioned)
                .findFirst()
                .orElseGet(table::spec);
    }

    MetricsConfig metrics() {
        return MetricsConfig.forTable(table);
    }

    /** A new location for a data file. */
    String newLocation(String kind, PartitionSpec partitionSpec, StructLike partition) {
        String name = kind + "-" + UUID.randomUUID() + ".parquet";
        return partitionSpec.isUnpartitioned()
                ? table.locationProvider().newDataLocation(name)
                : table.locationProvider().newDataLocation(partitionSpec, Objects.requireNonNull(partition), name);
    }
}
