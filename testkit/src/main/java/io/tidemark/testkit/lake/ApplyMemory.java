package io.tidemark.testkit.lake;

/** How much of an apply a lake under test keeps in memory. */
public enum ApplyMemory {
    /** As much as in a default install: the tests' few events are one round. */
    ROOMY,
    /** A handful of keys, so that an apply has several rounds, if the format works in rounds. */
    TIGHT
}
