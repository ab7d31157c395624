package io.tidemark.engine.simulation;

/** Mistakes that a part of the system could make, planted one at a time to see that the simulation finds them. */
enum Bug {
    /** Capture acknowledges what it was sent, before a slice holds it. */
    ACKNOWLEDGES_BEFORE_SEALING,
    /** The resume token of a transaction is that of the next one. */
    RESUMES_TOO_LATE,
    /** The resume token of a transaction is that of the one before. */
    RESUMES_TOO_EARLY,
    /** A snapshot has the first transaction from after its cutoff as well. */
    CUT_HOLDS_ONE_MORE,
    /** A snapshot lacks the last transaction from before its cutoff. */
    CUT_LACKS_ONE,
    /** A mirror has the rows of a commit for a moment before it says so. */
    PROGRESS_IS_WRITTEN_LATER,
    /** A chunk of a load is said to be in the mirror before it is. */
    CHUNK_IS_NOTED_FIRST("chunk"),
    /** A chunk goes into whatever load is under way, also when its reader was taken over. */
    LOADS_ARE_NOT_FENCED("chunk"),
    /** An apply is committed to a mirror that has moved on since it was computed. */
    COMMITS_ARE_UNCONDITIONAL("apply"),
    /** The metadata store writes whatever version is expected. */
    STORE_DOES_NOT_COMPARE,
    /** An interrupted load is taken for exact at its first cut, although later ones were read. */
    LATER_CUTS_ARE_FORGOTTEN,
    /** An apply of several slices says that it came to the next one. */
    APPLIES_TO_THE_NEXT_SLICE,
    /** Values that an update left as they were are taken for null. */
    UNCHANGED_IS_NULL,
    /** The storage shows an object before it is whole, and keeps the half of one whose writer died. */
    OBJECTS_APPEAR_HALF,
    /** Upkeep removes versions of the mirror that cuts need. */
    UPKEEP_FORGETS_CUTS,
    /** The stream leaves the rows of a transaction out, now and then. */
    STREAM_SKIPS_ONE;

    private final String needs;

    Bug() {
        this("");
    }

    Bug(String needs) {
        this.needs = needs;
    }

    /** The beginning of the names of calls that have to go wrong for it to do harm; empty when it does by itself. */
    String needs() {
        return needs;
    }
}
