package io.tidemark.engine.simulation;

/** Ends a thread whose process is dead. An error, so that nothing but the end of the thread handles it. */
final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash() {
        super("the process is dead", null, false, false);
    }
}
