package io.tidemark.spark;

import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.job.ApplyJob;
import io.tidemark.engine.job.JobEngine;
import io.tidemark.engine.job.JobReport;
import io.tidemark.engine.job.LoadJob;
import io.tidemark.engine.job.LoadJob.StagedChunk;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.lake.upsert.MirrorTable;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.spark.upsert.SparkLoad;
import io.tidemark.spark.upsert.TableUpsert;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import java.util.List;
import java.util.stream.Collectors;
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
    public JobReport run(ApplyJob job, Lease lease) {
        return run(job);
    }

    @Override
    public JobReport run(LoadJob job, Lease lease) {
        return run(job);
    }

    /** Carries out a job; an error is what the report says. */
    JobReport run(ApplyJob job) {
        try (Lake lake = lake();
                LakeTable table = lake.find(job.table().mirror())
                        .orElseThrow(() -> new TidemarkException(
                                ErrorCode.LAKE_TABLE_MISSING,
                                "Cannot open the mirror of " + job.table().id() + ": the lake does not have it"))) {
            return run(job, table);
        } catch (TidemarkException e) {
            return JobReport.failed(e, List.of());
        }
    }

    /** Carries out a load; an error is what the report says. */
    JobReport run(LoadJob job) {
        try (Lake lake = lake();
                LakeTable table = lake.openLoad(job.table().spec())) {
            return run(job, mirror(table));
        } catch (TidemarkException e) {
            return JobReport.failed(e, List.of());
        }
    }

    private JobReport run(ApplyJob job, LakeTable table) {
        try (TableUpsert upsert = TableUpsert.begin(spark, table, job.expected(), job.fence(), ApplyLimits.DEFAULT)
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        "Cannot apply slices to " + job.table().id() + " on Spark: lakes of type "
                                + config.lake().type() + " are applied to by the worker's own process only",
                        "Take engine: spark out of the table's rule.",
                        null))) {
            try {
                ApplyResult result = upsert.run(new SliceSource(LakeAccess.of(config), job), job.after());
                return JobReport.committed(result.progress(), rows(job));
            } catch (TidemarkException e) {
                return JobReport.failed(e, upsert.missingKeys());
            }
        }
    }

    /** Chunks that an earlier job of the load committed are left as they are. */
    private JobReport run(LoadJob job, MirrorTable mirror) {
        LakeProgress begun = mirror.beginLoad(job.loadId(), job.fence());
        List<StagedChunk> left = job.chunks().stream()
                .filter(chunk -> !begun.loaded() && !begun.chunks().contains(chunk.ordinal()))
                .toList();
        if (!left.isEmpty()) {
            TableFiles files = mirror.loadFiles();
            List<StoredFile> written = new SparkLoad(spark).write(files, new StagedSource(LakeAccess.of(config), left));
            requireRows(job.table(), left, written);
            mirror.commitChunks(left.stream().map(StagedChunk::ordinal).collect(Collectors.toSet()), written);
        }
        return JobReport.committed(mirror.progress(), job.rows());
    }

    private static void requireRows(TableRecord table, List<StagedChunk> chunks, List<StoredFile> written) {
        long staged = chunks.stream().mapToLong(StagedChunk::rows).sum();
        long rows = written.stream().mapToLong(StoredFile::rows).sum();
        if (staged != rows) {
            throw new TidemarkException(
                    ErrorCode.LAKE_IO,
                    "Cannot load " + table.id() + ": rows were lost or doubled on the way (staged=" + staged
                            + ", written=" + rows + ")");
        }
    }

    private Lake lake() {
        return plugins.lake(config.lake().type())
                .open(config.location(), config.lake().settings(), config.state());
    }

    private MirrorTable mirror(LakeTable table) {
        if (table instanceof MirrorTable mirror) {
            return mirror;
        }
        throw new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot load " + table.spec().schema().table() + " from staged chunks: mirrors in lakes of type "
                        + config.lake().type() + " are loaded by who reads the chunks only",
                "Take snapshot: staged out of the table's rule.",
                null);
    }

    private static long rows(ApplyJob job) {
        return job.files().stream().mapToLong(file -> file.rows()).sum();
    }
}
