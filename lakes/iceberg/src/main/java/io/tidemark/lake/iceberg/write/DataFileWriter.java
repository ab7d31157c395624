package io.tidemark.lake.iceberg.write;

import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.lake.iceberg.storage.FileIoObjectStore;
import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/** Writes one data file of one partition. Not thread-safe. */
final class DataFileWriter implements FileWriter {
    private final MirrorFiles files;
    private final PartitionSpec partitionSpec;
    private final PartitionData partition;
    private final String location;
    private final ObjectOutput output;
    private final ParquetBatchWriter writer;
    private boolean isFinished;

    /**
     * @param kind first part of the file's name, for people: {@code load}, {@code apply}, {@code compact}
     */
    DataFileWriter(
            MirrorFiles files,
            String kind,
            PartitionSpec partitionSpec,
            PartitionData partition,
            ParquetWriteOptions options)
            throws IOException {
        this.files = files;
        this.partitionSpec = partitionSpec;
        this.partition = partition;
        this.location = files.newLocation(kind, partitionSpec, partition);
        this.output = FileIoObjectStore.create(files.io(), location);
        try {
            this.writer = new ParquetBatchWriter(output, files.columns(), options, Map.of());
        } catch (IOException | RuntimeException e) {
            output.abort();
            throw e;
        }
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public long rows() {
        return writer.rows();
    }

    @Override
    public long bytes() {
        return writer.bytes();
    }

    @Override
    public long bufferedBytes() {
        return writer.bufferedBytes();
    }

    @Override
    public void flushRowGroup() throws IOException {
        writer.flushRowGroup();
    }

    @Override
    public void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        writer.append(vectors, rows, from, to);
    }

    @Override
    public void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException {
        writer.append(vectors, from, to);
    }

    @Override
    public LiveFile finish() throws IOException {
        ParquetMetadata footer = writer.finish();
        output.close();
        isFinished = true;
        writer.close();
        DataFiles.Builder builder = DataFiles.builder(partitionSpec)
                .withPath(location)
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(output.position())
                .withMetrics(ParquetUtil.footerMetrics(footer, Stream.empty(), files.metrics()))
                .withSplitOffsets(ParquetUtil.getSplitOffsets(footer));
        if (partitionSpec.isPartitioned()) {
            builder.withPartition(partition);
        }
        return new LiveFile(builder.build(), List.of());
    }

    @Override
    public void close() {
        if (!isFinished) {
            isFinished = true;
            writer.close();
            output.abort();
        }
    }
}
