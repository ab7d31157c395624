package io.tidemark.engine.run;

/** A role that a process can play. */
public enum Role {
    CAPTURE,
    SNAPSHOT,
    ORCHESTRATOR,
    WORKER
}
