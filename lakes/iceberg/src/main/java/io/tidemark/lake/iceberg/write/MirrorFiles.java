package io.tidemark.lake.iceberg.write;

import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.schema.IcebergSchemas;
import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.storage.FileIoObjectStore;
import java.io.IOException;
import java.io.Serial;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** The data files of one version of a mirror. */
public final class MirrorFiles implements TableFiles {
    private static final long serialVersionUID = 1L;

    private final Table table;
    private final LakeTableSpec spec;
    private transient volatile @Nullable List<ParquetColumn> columns;

    private MirrorFiles(Table table, LakeTableSpec spec) {
        this.table = table;
        this.spec = spec;
    }

    /**
     * @param table the table at that version
     * @param spec how the mirror was made
     */
    public static MirrorFiles of(Table table, LakeTableSpec spec) {
        return new MirrorFiles(table, spec);
    }

    @Override
    public LakeTableSpec spec() {
        return spec;
    }

    @Override
    public List<ParquetColumn> columns() {
        List<ParquetColumn> known = columns;
        if (known == null) {
            known = IcebergSchemas.fileColumns(table.schema(), spec);
            columns = known;
        }
        return known;
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return FileIoObjectStore.open(io(), path);
    }

    @Override
    public DeletedRowsReader deletedRows() {
        return new DeletedPositions(io());
    }

    @Override
    public NewFiles newFiles(String kind, ParquetWriteOptions options) {
        return new MirrorNewFiles(this, kind, options);
    }

    @Override
    public void discard(Collection<String> paths) {
        Discards.delete(io(), paths);
    }

    /** The table without its commits, which is all that another machine needs of it. */
    @Serial
    private Object writeReplace() {
        return table instanceof SerializableTable ? this : new MirrorFiles(SerializableTable.copyOf(table), spec);
    }

    public Table table() {
        return table;
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
