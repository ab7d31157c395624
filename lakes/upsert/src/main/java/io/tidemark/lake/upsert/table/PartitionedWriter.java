package io.tidemark.lake.upsert.table;

import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    private final TableFiles table;
    private final NewFiles files;
    private final Map<Integer, FileWriter> open = new HashMap<>();
    private final List<StoredFile> finished = new ArrayList<>();

    public PartitionedWriter(TableFiles table, NewFiles files) {
        this.table = table;
        this.files = files;
    }

    /** Writes the rows {@code rows[from]} to {@code rows[to - 1]} of the vectors. */
    public void append(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        if (!files.isPartitioned()) {
            FileWriter writer = writer(NewFiles.SHARED);
            writer.append(vectors, rows, from, to);
            roll(NewFiles.SHARED, writer);
        } else {
            route(vectors, rows, from, to);
        }
        boundMemory();
    }

    /** Writes the rows {@code [from, to)} of the vectors. */
    public void append(List<? extends ColumnVector> vectors, int from, int to) throws IOException {
        if (!files.isPartitioned() && from < to) {
            FileWriter writer = writer(NewFiles.SHARED);
            writer.append(vectors, from, to);
            roll(NewFiles.SHARED, writer);
            boundMemory();
            return;
        }
        int[] rows = new int[to - from];
        Arrays.setAll(rows, i -> from + i);
        append(vectors, rows, 0, rows.length);
    }

    /** Ends all files, which are the caller's from now on. */
    public List<StoredFile> finish() throws IOException {
        for (FileWriter writer : open.values()) {
            finished.add(writer.finish());
        }
        open.clear();
        List<StoredFile> all = List.copyOf(finished);
        finished.clear();
        return all;
    }

    /** Gives up and deletes what {@link #finish} has not handed over. */
    @Override
    public void close() {
        open.values().forEach(FileWriter::close);
        open.clear();
        table.discard(finished.stream().map(StoredFile::path).toList());
        finished.clear();
    }

    private void route(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        int[] partitionOf = new int[to - from];
        Map<Integer, int[]> counts = new java.util.LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            int partition = files.partition(vectors, rows[i]);
            int target = partition < OPEN_PARTITIONS_MAX ? partition : NewFiles.SHARED;
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
            FileWriter writer = writer(entry.getKey());
            writer.append(vectors, some, 0, count);
            roll(entry.getKey(), writer);
        }
    }

    private FileWriter writer(int partition) throws IOException {
        FileWriter writer = open.get(partition);
        if (writer == null) {
            writer = files.create(partition);
            open.put(partition, writer);
        }
        return writer;
    }

    private void roll(int partition, FileWriter writer) throws IOException {
        if (writer.bytes() >= FILE_BYTES) {
            finished.add(writer.finish());
            open.remove(partition);
        }
    }

    private void boundMemory() throws IOException {
        long buffered = 0;
        for (FileWriter writer : open.values()) {
            buffered += writer.bufferedBytes();
        }
        while (buffered > BUFFERED_BYTES_MAX) {
            FileWriter largest = open.values().stream()
                    .max(java.util.Comparator.comparingLong(FileWriter::bufferedBytes))
                    .orElseThrow();
            buffered -= largest.bufferedBytes();
            largest.flushRowGroup();
        }
    }
}
