package io.tidemark.testkit.metastore;

/** Where a write of a faulty store fails. In both cases the caller sees the same error and cannot know whether it was written. */
public enum WriteFault {
    /** Nothing was written. */
    BEFORE,
    /** It was written, and the answer was lost. */
    AFTER
}
