package io.tidemark.workload.run;

/** The kinds of row changes a {@link Mix} divides. */
public enum ChangeKind {
    INSERT,
    UPDATE,
    DELETE
}
