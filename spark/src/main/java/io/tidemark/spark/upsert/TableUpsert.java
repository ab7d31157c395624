package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.MirrorTable;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.SupportsSpreadApply;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** An upsert of a table with a key, on Spark. A task may run any number of times: only the results that the driver gets are committed. */
public interface TableUpsert extends AutoCloseable {
    /**
     * Starts one; empty when tables of this kind are applied to by the worker's own process only. Conditions are those of {@link LakeTable#beginApply}.
     *
     * @param limits what a task keeps in memory, where the table does not know it itself
     */
    static Optional<TableUpsert> begin(
            JavaSparkContext spark, LakeTable table, LakeProgress expected, long fence, ApplyLimits limits) {
        if (table instanceof MirrorTable mirror) {
            return Optional.of(new SparkUpsert(spark, mirror.split(expected, fence), limits));
        }
        if (table instanceof SupportsSpreadApply spread) {
            return Optional.of(new SparkSpread(
                    spark,
                    spread.beginSpreadApply(expected, fence),
                    table.spec().schema().table()));
        }
        return Optional.empty();
    }

    /**
     * Applies the events and commits them with the new progress.
     *
     * @throws io.tidemark.spi.error.TidemarkException as {@link io.tidemark.spi.lake.LakeApply} has it; {@code ENGINE_FAILED} when Spark gave the work up
     */
    ApplyResult run(EventSource events, LakeProgress progress);

    /** As {@link io.tidemark.spi.lake.LakeApply#missingKeys}, after {@link #run} failed for them. */
    List<List<String>> missingKeys();

    @Override
    void close();
}
