package io.tidemark.lake.iceberg.write;

import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.jspecify.annotations.Nullable;

/** New data files, in the partitions of the table's spec or in none. Not thread-safe. */
public final class MirrorNewFiles implements NewFiles {
    private final MirrorFiles files;
    private final String kind;
    private final ParquetWriteOptions options;
    private final @Nullable PartitionValues values;

    public MirrorNewFiles(MirrorFiles files, String kind, ParquetWriteOptions options) {
        this.files = files;
        this.kind = kind;
        this.options = options;
        this.values = files.partitioned().isUnpartitioned() ? null : new PartitionValues(files, files.partitioned());
    }

    @Override
    public boolean isPartitioned() {
        return values != null;
    }

    @Override
    public int partition(List<? extends ColumnVector> vectors, int row) {
        return Objects.requireNonNull(values).number(vectors, row);
    }

    @Override
    public FileWriter create(int partition) throws IOException {
        if (partition == SHARED) {
            PartitionSpec spec = files.unpartitioned();
            return new DataFileWriter(files, kind, spec, new PartitionData(spec.partitionType()), options);
        }
        PartitionData data = Objects.requireNonNull(values).partition(partition);
        return new DataFileWriter(files, kind, files.partitioned(), data, options);
    }
}
