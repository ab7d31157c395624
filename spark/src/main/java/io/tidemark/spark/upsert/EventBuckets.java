package io.tidemark.spark.upsert;

import io.tidemark.spi.change.ChangeBatch;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Events taken apart by key: each bucket's in the partition of its number, in commit order.
 *
 * @param buckets which bucket a key's events are in
 * @param chunks their chunks
 */
record EventBuckets(KeyBuckets buckets, JavaPairRDD<ChunkPlace, byte[]> chunks) {
    /** Bytes of events for which a bucket is worth its files in the mirror. */
    private static final long BUCKET_BYTES = 8L << 20;

    static <W extends KeyedEvents> EventBuckets of(
            JavaSparkContext spark, Broadcast<Shared<W>> work, EventSource events) {
        int count = (int) Math.max(1, Math.min(2L * spark.defaultParallelism(), events.bytes() / BUCKET_BYTES + 1));
        KeyBuckets buckets = new KeyBuckets(count);
        List<Integer> pieces = IntStream.range(0, events.pieces()).boxed().toList();
        int tasks = Math.max(1, events.pieces());
        if (events.hasKeyChanges()) {
            List<byte[]> pairs = spark.parallelize(pieces, tasks)
                    .flatMap(piece -> links(work.value().get(), piece).iterator())
                    .collect();
            for (int i = 0; i < pairs.size(); i += 2) {
                buckets.link(pairs.get(i), pairs.get(i + 1));
            }
        }
        return new EventBuckets(
                buckets,
                spark.parallelize(pieces, tasks)
                        .mapPartitionsToPair(some -> chunks(work.value().get(), some, buckets))
                        .repartitionAndSortWithinPartitions(new BucketPartitioner(count)));
    }

    /** Pairs of keys, one after the other, that have to be in one bucket: their events need each other. */
    private static List<byte[]> links(KeyedEvents work, int piece) {
        KeyLinks links = new KeyLinks(work.keys());
        work.events().read(piece, links::add);
        return links.pairs();
    }

    /** The events of pieces in chunks by bucket. */
    private static Iterator<Tuple2<ChunkPlace, byte[]>> chunks(
            KeyedEvents work, Iterator<Integer> pieces, KeyBuckets buckets) {
        return Pulled.ofTask(sink -> pieces.forEachRemaining(piece -> {
            EventSplit split = new EventSplit(
                    piece,
                    work.keys(),
                    buckets,
                    (ChunkPlace place, ChangeBatch chunk) -> sink.accept(new Tuple2<>(place, Bytes.write(chunk))));
            work.events().read(piece, split::add);
            split.finish();
        }));
    }
}
