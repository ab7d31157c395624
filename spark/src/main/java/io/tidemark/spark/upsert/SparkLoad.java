package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.ChunkFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.spi.error.TidemarkException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Writes rows of a load on Spark: each task reads some pieces, one after the other, into data files that the caller commits. */
public final class SparkLoad {
    /** Bytes that are worth a task, which writes a file at least for each partition of the mirror that it meets. */
    private static final long TASK_BYTES = 64L << 20;

    private final JavaSparkContext spark;

    public SparkLoad(JavaSparkContext spark) {
        this.spark = spark;
    }

    /**
     * Writes all rows.
     *
     * @param files where they go
     * @param rows inserts
     * @return the files, which are the caller's
     * @throws TidemarkException what a task failed with; {@code ENGINE_FAILED} when Spark gave the work up
     */
    public List<StoredFile> write(TableFiles files, EventSource rows) {
        int tasks = (int) Math.max(
                1, Math.min(rows.pieces(), Math.max(spark.defaultParallelism(), rows.bytes() / TASK_BYTES)));
        Broadcast<Shared<Work>> work = spark.broadcast(new Shared<>(Work.class, new Work(files, rows)));
        List<StoredFile> written = new ArrayList<>();
        try {
            List<Integer> pieces = IntStream.range(0, rows.pieces()).boxed().toList();
            for (byte[] bytes : spark.parallelize(pieces, tasks)
                    .mapPartitions(some -> write(work.value().get(), some))
                    .collect()) {
                written.addAll(List.of(Bytes.read(bytes, StoredFile[].class)));
            }
            return written;
        } catch (Exception e) {
            throw SparkFailure.of("load " + files.spec().schema().table(), e);
        } finally {
            work.destroy();
        }
    }

    private static Iterator<byte[]> write(Work work, Iterator<Integer> pieces) {
        try (ChunkFiles files = new ChunkFiles(work.files())) {
            pieces.forEachRemaining(piece -> work.rows().read(piece, files::append));
            return List.of(Bytes.write(files.finish().toArray(StoredFile[]::new)))
                    .iterator();
        }
    }

    /** What all tasks need. */
    private record Work(TableFiles files, EventSource rows) implements Serializable {}
}
