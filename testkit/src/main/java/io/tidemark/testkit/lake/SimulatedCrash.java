package io.tidemark.testkit.lake;

/** Stands for the end of the process: nothing may catch it but the test. */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    public SimulatedCrash() {
        super("crash", null, false, false);
    }
}
