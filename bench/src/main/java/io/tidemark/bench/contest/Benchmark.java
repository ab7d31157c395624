package io.tidemark.bench.contest;

/** One question about speed or size. */
public interface Benchmark {
    /** By which it is asked for: small letters and hyphens. */
    String name();

    /** What is measured, a sentence. */
    String title();

    /**
     * Builds its data, runs its contenders and proves that what Tidemark made is right.
     *
     * @throws IllegalStateException when it is not
     */
    Findings run(Surroundings surroundings) throws Exception;
}
