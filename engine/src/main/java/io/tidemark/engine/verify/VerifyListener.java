package io.tidemark.engine.verify;

/** Hears what a verification is doing, for people who wait. */
@FunctionalInterface
public interface VerifyListener {
    /** Hears nothing. */
    VerifyListener SILENT = step -> {};

    /** A step began; one short sentence. */
    void step(String step);
}
