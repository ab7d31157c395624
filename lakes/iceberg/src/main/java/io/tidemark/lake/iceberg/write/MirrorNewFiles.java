package io.tidemark.lake.iceberg.write;

import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.lake.upsert.table.DataFileWriter;
import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.storage.FileIoObjectStore;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
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
            return create(spec, new PartitionData(spec.partitionType()));
        }
        return create(files.partitioned(), Objects.requireNonNull(values).partition(partition));
    }

    private FileWriter create(PartitionSpec spec, PartitionData partition) throws IOException {
        String location = files.newLocation(kind, spec, partition);
        return new DataFileWriter(
                location,
                FileIoObjectStore.create(files.io(), location),
                files.columns(),
                options,
                (footer, rows, bytes) -> described(spec, partition, location, footer, bytes));
    }

    private LiveFile described(
            PartitionSpec spec, PartitionData partition, String location, ParquetMetadata footer, long bytes) {
        DataFiles.Builder builder = DataFiles.builder(spec)
                .withPath(location)
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(bytes)
                .withMetrics(ParquetUtil.footerMetrics(footer, Stream.empty(), files.metrics()))
                .withSplitOffsets(ParquetUtil.getSplitOffsets(footer));
        if (spec.isPartitioned()) {
            builder.withPartition(partition);
        }
        return new LiveFile(builder.build(), List.of());
    }
}
