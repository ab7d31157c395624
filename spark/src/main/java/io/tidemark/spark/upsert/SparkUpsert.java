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
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * An upsert on Spark: events are taken apart by key into buckets; each file of the mirror is searched for the rows of their keys; each bucket is
 * applied as {@link io.tidemark.lake.upsert.apply.PartApply} does it in one process; the driver commits what all buckets came to as one version. A
 * task may run any number of times: only the results that the driver gets are committed.
 */
public final class SparkUpsert {
    /** Bytes of events for which a bucket is worth its files in the mirror. */
    private static final long BUCKET_BYTES = 8L << 20;

    /** Files that a task searches, so that the list of a large table is not one task. */
    private static final int SEARCHED_FILES = 64;

    private final JavaSparkContext spark;
    private final ApplyLimits limits;

    public SparkUpsert(JavaSparkContext spark, ApplyLimits limits) {
        this.spark = spark;
        this.limits = limits;
    }

    /**
     * Applies the events and commits them with the new progress.
     *
     * @throws TidemarkException as {@link io.tidemark.spi.lake.LakeApply} has it; {@code ENGINE_FAILED} when Spark gave the work up
     */
    public ApplyResult run(SplitApply apply, EventSource events, LakeProgress progress) {
        List<Part> parts = new ArrayList<>();
        boolean isHandedOver = false;
        try {
            for (Settled settled : settled(apply, events)) {
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

    private List<Settled> settled(SplitApply apply, EventSource events) {
        int count = (int) Math.max(1, Math.min(2L * spark.defaultParallelism(), events.bytes() / BUCKET_BYTES + 1));
        KeyBuckets buckets = new KeyBuckets(count);
        Broadcast<Shared<Work>> work =
                spark.broadcast(new Shared<>(Work.class, new Work(apply.files(), apply.expected(), events, limits)));
        try {
            if (events.hasKeyChanges()) {
                link(work, events, buckets);
            }
            JavaPairRDD<ChunkPlace, byte[]> chunks = split(work, events, buckets);
            Broadcast<Shared<KeyTable>> keys = spark.broadcast(new Shared<>(KeyTable.class, keys(work, chunks)));
            try {
                return parts(work, chunks, found(apply, work, keys, buckets), keys);
            } finally {
                keys.destroy();
            }
        } catch (Exception e) {
            throw SparkErrors.of(
                    "apply slices to " + apply.files().spec().schema().table(), e);
        } finally {
            work.destroy();
        }
    }

    /** Puts keys into one bucket whose events need each other. */
    private void link(Broadcast<Shared<Work>> work, EventSource events, KeyBuckets buckets) {
        List<byte[]> pairs = spark.parallelize(pieces(events), Math.max(1, events.pieces()))
                .flatMap(piece -> Tasks.links(work.value().get(), piece).iterator())
                .collect();
        for (int i = 0; i < pairs.size(); i += 2) {
            buckets.link(pairs.get(i), pairs.get(i + 1));
        }
    }

    private JavaPairRDD<ChunkPlace, byte[]> split(
            Broadcast<Shared<Work>> work, EventSource events, KeyBuckets buckets) {
        return spark.parallelize(pieces(events), Math.max(1, events.pieces()))
                .mapPartitionsToPair(pieces -> Tasks.chunks(work.value().get(), pieces, buckets))
                .repartitionAndSortWithinPartitions(new BucketPartitioner(buckets.count()));
    }

    /** The distinct keys of all events. */
    private static KeyTable keys(Broadcast<Shared<Work>> work, JavaPairRDD<ChunkPlace, byte[]> chunks) {
        KeyTable all = new KeyTable();
        for (byte[] bytes : chunks.mapPartitions(some -> Tasks.keys(work.value().get(), some))
                .collect()) {
            KeyArena keys = Bytes.read(bytes, KeyArena.class);
            for (int key = 0; key < keys.size(); key++) {
                byte[] copy = keys.bytes(key);
                all.findOrAdd(copy, copy.length);
            }
        }
        return all;
    }

    private JavaPairRDD<Integer, byte[]> found(
            SplitApply apply, Broadcast<Shared<Work>> work, Broadcast<Shared<KeyTable>> keys, KeyBuckets buckets) {
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

    private static List<Integer> pieces(EventSource events) {
        return IntStream.range(0, events.pieces()).boxed().toList();
    }
}
