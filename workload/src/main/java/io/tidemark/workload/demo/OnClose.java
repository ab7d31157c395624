package io.tidemark.workload.demo;

/** What becomes of the files of a {@link DemoDatabase} when it is closed. */
public enum OnClose {
    /** Everything the database wrote is deleted; other files in its folder stay. */
    DELETE,
    /** The files stay; a later start on the same folder goes on with them. */
    KEEP
}
