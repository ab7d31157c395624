package io.tidemark.engine.config;

/** What happens when the source keeps more log for the pipeline than it may. */
public enum RetainedLogPolicy {
    /** People are told. */
    ALERT,
    /** Also, no load takes up further chunks until it is less. */
    PAUSE_SNAPSHOT,
    /** The slot is dropped, so that the source can remove its log; all tables are brought up again when the lake can be written. */
    DROP_SLOT
}
