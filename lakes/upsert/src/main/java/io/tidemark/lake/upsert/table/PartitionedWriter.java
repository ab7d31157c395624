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
 * large heap. A format without such files has these rows held in memory, and then written as small files of their partitions. Not thread-safe.
 */
public final class PartitionedWriter implements AutoCloseable {
    /** Partitions that are written at a time. */
    static final int OPEN_PARTITIONS_MAX = 64;

    private static final long FILE_BYTES = 192L << 20;
    private static final long BUFFERED_BYTES_MAX = 64L << 20;
    private static final long HELD_BYTES_MAX = 32L << 20;

    private final TableFiles table;
    private final NewFiles files;
    private final Map<Integer, FileWriter> open = new HashMap<>();
    private final List<ColumnVector> held = new ArrayList<>();
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
        release();
        List<StoredFile> all = List.copyOf(finished);
        finished.clear();
        return all;
    }

    /** Gives up and deletes what {@link #finish} has not handed over. */
    @Override
    public void close() {
        open.values().forEach(FileWriter::close);
        open.clear();
        held.clear();
        table.discard(finished.stream().map(StoredFile::path).toList());
        finished.clear();
    }

    private void route(List<? extends ColumnVector> vectors, int[] rows, int from, int to) throws IOException {
        Map<Integer, int[]> groups = RowGroups.of(rows, from, to, row -> {
            int partition = files.partition(vectors, row);
            return partition < OPEN_PARTITIONS_MAX ? partition : NewFiles.SHARED;
        });
        for (Map.Entry<Integer, int[]> group : groups.entrySet()) {
            int partition = group.getKey();
            int[] some = new int[group.getValue().length];
            Arrays.setAll(some, i -> rows[group.getValue()[i]]);
            if (partition == NewFiles.SHARED && !files.canShare()) {
                hold(vectors, some);
            } else {
                FileWriter writer = writer(partition);
                writer.append(vectors, some, 0, some.length);
                roll(partition, writer);
            }
        }
    }

    private void hold(List<? extends ColumnVector> vectors, int[] rows) throws IOException {
        if (held.isEmpty()) {
            vectors.forEach(vector -> held.add(ColumnVector.of(vector.type(), rows.length)));
        }
        long bytes = 0;
        for (int i = 0; i < vectors.size(); i++) {
            for (int row : rows) {
                held.get(i).appendFrom(vectors.get(i), row);
            }
            bytes += held.get(i).byteSize();
        }
        if (bytes > HELD_BYTES_MAX) {
            release();
        }
    }

    /** Writes the rows that are held as files of their partitions. */
    private void release() throws IOException {
        int[] rows = new int[held.isEmpty() ? 0 : held.get(0).size()];
        Arrays.setAll(rows, i -> i);
        Map<Integer, int[]> groups = RowGroups.of(rows, 0, rows.length, row -> files.partition(held, row));
        for (Map.Entry<Integer, int[]> group : groups.entrySet()) {
            try (FileWriter writer = files.create(group.getKey())) {
                writer.append(held, group.getValue(), 0, group.getValue().length);
                finished.add(writer.finish());
            }
        }
        held.forEach(ColumnVector::clear);
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
