package io.tidemark.spark.upsert;

import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.SpreadApply;
import io.tidemark.spi.lake.SpreadApply.Steps;
import io.tidemark.spi.schema.TableId;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** Does the steps of a {@link SpreadApply} on Spark. The driver holds the keys of the events and what became of each file group. */
final class SparkSpread implements TableUpsert {
    private final JavaSparkContext spark;
    private final SpreadApply apply;
    private final TableId table;

    SparkSpread(JavaSparkContext spark, SpreadApply apply, TableId table) {
        this.spark = spark;
        this.apply = apply;
        this.table = table;
    }

    @Override
    public ApplyResult run(EventSource events, LakeProgress progress) {
        Broadcast<Shared<SpreadWork>> work =
                spark.broadcast(new Shared<>(SpreadWork.class, new SpreadWork(events, apply.fold())));
        try {
            EventBuckets split = EventBuckets.of(spark, work, events);
            JavaPairRDD<Boolean, byte[]> folded = split.chunks()
                    .mapPartitionsToPair(chunks -> SpreadTasks.fold(work.value().get(), chunks))
                    .persist(StorageLevel.DISK_ONLY());
            try {
                List<Serializable> folds = collected(folded.filter(Tuple2::_1).values());
                JavaRDD<byte[]> rows = folded.filter(row -> !row._1()).values();
                return apply.commit(progress, folds, steps -> written(steps, rows, split.buckets()));
            } finally {
                folded.unpersist();
            }
        } catch (Exception e) {
            throw SparkFailure.of("apply slices to " + table, e);
        } finally {
            work.destroy();
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

    private List<Serializable> written(Steps all, JavaRDD<byte[]> rows, KeyBuckets buckets) {
        Broadcast<Shared<Steps>> steps = spark.broadcast(new Shared<>(Steps.class, all));
        try {
            int tasks = 2 * spark.defaultParallelism();
            JavaPairRDD<Integer, byte[]> places = spark.parallelize(
                            IntStream.range(0, all.groups()).boxed().toList(),
                            Math.max(1, Math.min(tasks, all.groups())))
                    .mapPartitionsToPair(
                            groups -> SpreadTasks.search(steps.value().get(), groups, buckets))
                    .partitionBy(new BucketPartitioner(buckets.count()));
            JavaPairRDD<String, byte[]> routed = byGroup(
                    rows.zipPartitions(
                            places,
                            (some, where) -> SpreadTasks.route(steps.value().get(), some, where)),
                    tasks);
            if (all.isUnsettled()) {
                routed = byGroup(
                        routed.mapPartitions(
                                some -> SpreadTasks.complete(steps.value().get(), some)),
                        tasks);
            }
            return collected(
                    routed.mapPartitions(some -> SpreadTasks.write(steps.value().get(), some)));
        } catch (Exception e) {
            // Before the commit, which takes back what was written.
            throw SparkFailure.of("apply slices to " + table, e);
        } finally {
            steps.destroy();
        }
    }

    private static JavaPairRDD<String, byte[]> byGroup(JavaRDD<Tuple2<String, byte[]>> rows, int tasks) {
        return JavaPairRDD.fromJavaRDD(rows).repartitionAndSortWithinPartitions(new HashPartitioner(tasks));
    }

    private static List<Serializable> collected(JavaRDD<byte[]> objects) {
        return objects.collect().stream()
                .map(bytes -> Bytes.read(bytes, Serializable.class))
                .toList();
    }
}
