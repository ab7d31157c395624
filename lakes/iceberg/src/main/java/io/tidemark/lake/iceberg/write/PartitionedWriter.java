package io.tidemark.lake.iceberg.write;

import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.jspecify.annotations.Nullable;

/**
 * Writes many rows as data files of about the target size, each row into its partition. Open files and what they hold in memory are bounded: the
 * first {@value #OPEN_PARTITIONS_MAX} partitions that are met get files of their own; rows of further ones share one unpartitioned file, which
 * compaction later takes apart. So a load in an order that has nothing to do with the partitions makes neither thousands of small files nor a
 * large heap. Not thread-safe.
 */
public final class PartitionedWriter implements AutoCloseable {
    /** Partitions that are written at a time. */
    static final int OPEN_PARTITIONS_MAX = 64;

    private static final long FILE_BYTES = 192L << 20;
    private static final long BUFFERED_BYTES_MAX = 64L << 20;
    private static final int SHARED = -1;

    private final MirrorFiles files;
    private final String kind;
    private final ParquetWriteOptions options;
    private final @Nullable PartitionValues values;
    private final Map<Integer, DataFileWriter> open = new HashMap<>();
    private final List<DataFile> finished = new ArrayList<>();

    public PartitionedWriter(MirrorFiles files, String kind, ParquetWriteOptions options) {
        this.files = files;
        this.kind = kind;
        this.options = options;
        this.values = files.partitioned().isUnpartitioned() ? null : new PartitionValues(files, files.partitioned());
    }

    /** Writes the rows {@code rows[from]} to {@code rows[to - 1]} of the vectors. */
    public void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        if (values == null) {
            DataFileWriter writer = writer(SHARED);
            writer.append(vectors, rows, from, to);
            roll(SHARED, writer);
        } else {
            route(values, vectors, rows, from, to);
        }
        boundMemory();
    }

    /** Writes the rows {@code [from, to)} of the vectors. */
    public void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException {
        if (values == null && from < to) {
            DataFileWriter writer = writer(SHARED);
            writer.append(vectors, from, to);
            roll(SHARED, writer);
            boundMemory();
            return;
        }
        int[] rows = new int[to - from];
        Arrays.setAll(rows, i -> from + i);
        append(vectors, rows, 0, rows.length);
    }

    /** Ends all files, which are the caller's from now on. */
    public List<DataFile> finish() throws IOException {
        for (DataFileWriter writer : open.values()) {
            finished.add(writer.finish());
        }
        open.clear();
        List<DataFile> all = List.copyOf(finished);
        finished.clear();
        return all;
    }

    /** Gives up and deletes what {@link #finish} has not handed over. */
    @Override
    public void close() {
        open.values().forEach(DataFileWriter::close);
        open.clear();
        Discards.delete(files.io(), finished.stream().map(DataFile::location).toList());
        finished.clear();
    }

    private void route(PartitionValues partitions, List<? extends ColumnVector> vectors, int[] rows, int from, int to)
            throws IOException {
        int[] partitionOf = new int[to - from];
        Map<Integer, int[]> counts = new java.util.LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            int partition = partitions.number(vectors, rows[i]);
            int target = partition < OPEN_PARTITIONS_MAX ? partition : SHARED;
            partitionOf[i - from] = target;
            counts.computeIfAbsent(target, key -> new int[1])[0]++;
        }
        for (Map.Entry<Integer, int[]> entry : counts.entrySet()) {
            int[] some = new int[entry.getValue()[0]];
            int count = 0;
            for (int i = from; i < to; i++) {
                if (partitionOf[i - from] == entry.getKey()) {
                    some[count++] = rows[i];
                }
            }
            DataFileWriter writer = writer(entry.getKey());
            writer.append(vectors, some, 0, count);
            roll(entry.getKey(), writer);
        }
    }

    private DataFileWriter writer(int partition) throws IOException {
        DataFileWriter writer = open.get(partition);
        if (writer == null) {
            PartitionSpec spec = partition == SHARED ? files.unpartitioned() : files.partitioned();
            writer = new DataFileWriter(
                    files,
                    kind,
                    spec,
                    partition == SHARED || values == null
                            ? DataFileWriter.noPartition(spec)
                            : values.partition(partition),
                    options);
            open.put(partition, writer);
        }
        return writer;
    }

    private void roll(int partition, DataFileWriter writer) throws IOException {
        if (writer.bytes() >= FILE_BYTES) {
            finished.add(writer.finish());
            open.remove(partition);
        }
    }

    private void boundMemory() throws IOException {
        long buffered = 0;
        for (DataFileWriter writer : open.values()) {
            buffered += writer.bufferedBytes();
        }
        while (buffered > BUFFERED_BYTES_MAX) {
            DataFileWriter largest = open.values().stream()
                    .max(java.util.Comparator.comparingLong(DataFileWriter::bufferedBytes))
                    .orElseThrow();
            buffered -= largest.bufferedBytes();
            largest.flushRowGroup();
        }
    }
}
