package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.apply.Part;
import io.tidemark.lake.upsert.apply.SplitApply;
import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyTable;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * An upsert on Spark: events are taken apart by key into buckets; each file of the mirror is searched for the rows of their keys; each bucket is
 * applied as {@link io.tidemark.lake.upsert.apply.PartApply} does it in one process; the driver commits what all buckets came to as one version.
 */
final class SparkUpsert implements TableUpsert {
    /** Files that a task searches, so that the list of a large table is not one task. */
    private static final int SEARCHED_FILES = 64;

    private final JavaSparkContext spark;
    private final SplitApply apply;
    private final ApplyLimits limits;

    SparkUpsert(JavaSparkContext spark, SplitApply apply, ApplyLimits limits) {
        this.spark = spark;
        this.apply = apply;
        this.limits = limits;
    }

    @Override
    public ApplyResult run(EventSource events, LakeProgress progress) {
        List<Part> parts = new ArrayList<>();
        boolean isHandedOver = false;
        try {
            for (Settled settled : settled(events)) {
                TidemarkException error = settled.error();
                if (error != null) {
                    throw error;
                }
                parts.add(java.util.Objects.requireNonNull(settled.part()));
            }
            isHandedOver = true;
            return apply.commit(progress, parts);
        } finally {
            if (!isHandedOver) {
                apply.discard(parts);
            }
        }
    }

    @Override
    public List<List<String>> missingKeys() {
        return apply.missingKeys();
    }

    @Override
    public void close() {
        apply.close();
    }

    private List<Settled> settled(EventSource events) {
        Broadcast<Shared<Work>> work =
                spark.broadcast(new Shared<>(Work.class, new Work(apply.files(), apply.expected(), events, limits)));
        try {
            EventBuckets split = EventBuckets.of(spark, work, events);
            JavaPairRDD<ChunkPlace, byte[]> chunks = split.chunks();
            Broadcast<Shared<KeyTable>> keys = spark.broadcast(new Shared<>(KeyTable.class, keys(work, chunks)));
            try {
                return parts(work, chunks, found(work, keys, split.buckets()), keys);
            } finally {
                keys.destroy();
            }
        } catch (Exception e) {
            throw SparkFailure.of(
                    "apply slices to " + apply.files().spec().schema().table(), e);
        } finally {
            work.destroy();
        }
    }

    /** The distinct keys of all events. */
    private static KeyTable keys(Broadcast<Shared<Work>> work, JavaPairRDD<ChunkPlace, byte[]> chunks) {
        KeyTable all = new KeyTable();
        for (byte[] bytes : chunks.mapPartitions(some -> Tasks.keys(work.value().get(), some))
                .collect()) {
            KeyArena keys = Bytes.read(bytes, KeyArena.class);
            for (int key = 0; key < keys.size(); key++) {
                all.findOrAdd(keys.data(), keys.start(key), keys.end(key));
            }
        }
        return all;
    }

    private JavaPairRDD<Integer, byte[]> found(
            Broadcast<Shared<Work>> work, Broadcast<Shared<KeyTable>> keys, KeyBuckets buckets) {
        List<Tuple2<Integer, StoredFile>> live = new ArrayList<>();
        apply.live().all().forEach(file -> live.add(new Tuple2<>(live.size(), file)));
        int tasks = Math.max(
                1, Math.min(live.size(), Math.max(2 * spark.defaultParallelism(), live.size() / SEARCHED_FILES)));
        return spark.parallelize(live, tasks)
                .mapPartitionsToPair(some ->
                        Tasks.search(work.value().get(), some, keys.value().get(), buckets))
                .partitionBy(new BucketPartitioner(buckets.count()));
    }

    private static List<Settled> parts(
            Broadcast<Shared<Work>> work,
            JavaPairRDD<ChunkPlace, byte[]> chunks,
            JavaPairRDD<Integer, byte[]> found,
            Broadcast<Shared<KeyTable>> keys) {
        return chunks
                .zipPartitions(
                        found,
                        (some, rows) -> Tasks.apply(
                                work.value().get(), some, rows, keys.value().get()))
                .collect()
                .stream()
                .map(bytes -> Bytes.read(bytes, Settled.class))
                .toList();
    }
}
