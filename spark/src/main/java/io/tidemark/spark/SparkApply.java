package io.tidemark.spark;

import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.job.ApplyJob;
import io.tidemark.engine.job.ApplyReport;
import io.tidemark.engine.job.JobEngine;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.lake.upsert.MirrorTable;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.apply.SplitApply;
import io.tidemark.spark.upsert.SparkUpsert;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeTable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Carries out jobs on the Spark of this process. */
final class SparkApply implements JobEngine {
    private final JavaSparkContext spark;
    private final PipelineConfig config;
    private final Plugins plugins;

    SparkApply(JavaSparkContext spark, PipelineConfig config, Plugins plugins) {
        this.spark = spark;
        this.config = config;
        this.plugins = plugins;
    }

    @Override
    public ApplyReport run(ApplyJob job, Lease lease) {
        return run(job);
    }

    /** Carries out a job; an error is what the report says. */
    ApplyReport run(ApplyJob job) {
        try (Lake lake = plugins.lake(config.lake().type())
                        .open(config.location(), config.lake().settings(), config.state());
                LakeTable table = lake.find(job.table().mirror())
                        .orElseThrow(() -> new TidemarkException(
                                ErrorCode.LAKE_TABLE_MISSING,
                                "Cannot open the mirror of " + job.table().id() + ": the lake does not have it"))) {
            return run(job, table);
        } catch (TidemarkException e) {
            return ApplyReport.failed(e, List.of());
        }
    }

    private ApplyReport run(ApplyJob job, LakeTable table) {
        if (!(table instanceof MirrorTable mirror)) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot apply slices to " + job.table().id() + " on Spark: lakes of type "
                            + config.lake().type() + " are applied to by the worker's own process only",
                    "Take engine: spark out of the table's rule.",
                    null);
        }
        try (SplitApply split = mirror.split(job.expected(), job.fence())) {
            try {
                ApplyResult result = new SparkUpsert(spark, ApplyLimits.DEFAULT)
                        .run(split, new SliceSource(LakeAccess.of(config), job), job.after());
                return ApplyReport.committed(result.progress(), rows(job));
            } catch (TidemarkException e) {
                return ApplyReport.failed(e, split.missingKeys());
            }
        }
    }

    private static long rows(ApplyJob job) {
        return job.files().stream().mapToLong(file -> file.rows()).sum();
    }
}
