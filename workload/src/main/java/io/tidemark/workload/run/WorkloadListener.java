package io.tidemark.workload.run;

/** Hears of a run's progress, about once a second, on the thread that called run. */
@FunctionalInterface
public interface WorkloadListener {
    void progressed(WorkloadProgress progress);
}
