package io.tidemark.lake.iceberg.write;

import io.tidemark.lake.iceberg.storage.FileIoObjectStore;
import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/** Writes one data file of one partition. Not thread-safe. */
public final class DataFileWriter implements AutoCloseable {
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
    public DataFileWriter(
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

    /** A partition of the spec without fields. */
    public static PartitionData noPartition(PartitionSpec spec) {
        return new PartitionData(spec.partitionType());
    }

    public String location() {
        return location;
    }

    /** Rows written so far. */
    public long rows() {
        return writer.rows();
    }

    /** About the bytes of the file so far. */
    public long bytes() {
        return writer.bytes();
    }

    long bufferedBytes() {
        return writer.bufferedBytes();
    }

    void flushRowGroup() throws IOException {
        writer.flushRowGroup();
    }

    /** Writes the rows {@code rows[from]} to {@code rows[to - 1]} of the vectors. */
    public void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        writer.append(vectors, rows, from, to);
    }

    /** Writes the rows {@code [from, to)} of the vectors. */
    public void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException {
        writer.append(vectors, from, to);
    }

    /** Ends the file: from now on it is durable, and part of the table when it is committed. */
    public DataFile finish() throws IOException {
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
        return builder.build();
    }

    /** Gives an unfinished file up. */
    @Override
    public void close() {
        if (!isFinished) {
            isFinished = true;
            writer.close();
            output.abort();
        }
    }
}
