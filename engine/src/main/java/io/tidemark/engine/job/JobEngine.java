package io.tidemark.engine.job;

import io.tidemark.engine.lease.Lease;

/** What carries jobs out. */
public interface JobEngine {
    /**
     * Carries a job out.
     *
     * @param lease the table's lease, whose fence is the job's
     * @return what became of it; errors of the job are in it
     * @throws io.tidemark.spi.error.TidemarkException when nothing is known of what became of it: the table's progress tells
     */
    JobReport run(ApplyJob job, Lease lease) throws InterruptedException;

    /** The same for a load, whose chunks are in the mirror in the making afterwards; to finish and to publish it is the caller's. */
    JobReport run(LoadJob job, Lease lease) throws InterruptedException;
}
