package io.tidemark.engine.job;

import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.RunningJob;
import io.tidemark.spi.job.RunningJob.JobEnd;
import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has jobs run elsewhere: what they are told and what they say lies in the lake's storage, under {@code jobs/}. The caller holds the table's lease,
 * whose heartbeat goes on meanwhile; a job whose caller lost it is ended, and could not commit any more.
 */
public final class RemoteJobs implements JobEngine {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteJobs.class);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Pipeline pipeline;
    private final JobRunner runner;

    private RemoteJobs(Pipeline pipeline, JobRunner runner) {
        this.pipeline = pipeline;
        this.runner = runner;
    }

    /** As the configuration says where jobs run; empty when it does not. */
    public static Optional<JobEngine> of(Pipeline pipeline) {
        return pipeline.jobRunner().map(runner -> new RemoteJobs(pipeline, runner));
    }

    @Override
    public JobReport run(ApplyJob job, Lease lease) throws InterruptedException {
        return run(job.table().id(), job, "--job", lease);
    }

    @Override
    public JobReport run(LoadJob job, Lease lease) throws InterruptedException {
        return run(job.table().id(), job, "--load", lease);
    }

    /**
     * Runs a job to its end.
     *
     * @param option how the main class is told where the job lies
     * @throws TidemarkException {@code ENGINE_FAILED} when it ended without a word; {@code LEASE_LOST} when the lease was lost; {@code TIMEOUT} when
     *     the process is told to stop
     */
    private JobReport run(TableId table, Object job, String option, Lease lease) throws InterruptedException {
        String path = JobFiles.job(pipeline.config().pipeline(), table, UUID.randomUUID());
        JobFiles.write(pipeline.storage(), path, job);
        try (RunningJob running = runner.start(name(table), List.of(option, path))) {
            long started = System.nanoTime();
            JobEnd end = await(running, table, lease);
            JobReport report = JobFiles.find(pipeline.storage(), JobFiles.report(path), JobReport.class)
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.ENGINE_FAILED,
                            "Cannot wait for the job of " + table + ": it ended without a word (" + end.detail()
                                    + ")"));
            LOG.info(
                    "job ended table={} events={} millis={} end={}",
                    table,
                    report.events(),
                    (System.nanoTime() - started) / 1_000_000,
                    end.detail());
            return report;
        } finally {
            delete(path);
            delete(JobFiles.report(path));
        }
    }

    private JobEnd await(RunningJob running, TableId table, Lease lease) throws InterruptedException {
        while (true) {
            Optional<JobEnd> end = running.poll();
            if (end.isPresent()) {
                return end.orElseThrow();
            }
            if (!lease.isHeld()) {
                throw new TidemarkException(
                        ErrorCode.LEASE_LOST, "Cannot wait for the job of " + table + ": its lease was lost");
            }
            if (pipeline.signals().stopping()) {
                throw new TidemarkException(ErrorCode.TIMEOUT, "Cannot wait for the job of " + table + ": stopping");
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    private void delete(String path) {
        try {
            pipeline.storage().delete(path);
        } catch (IOException e) {
            LOG.warn("file of a job not deleted path={} reason={}", path, e.getMessage());
        }
    }

    private static String name(TableId table) {
        return ("tidemark-" + table).replaceAll("[^A-Za-z0-9_-]", "-");
    }
}
