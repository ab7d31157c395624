package io.tidemark.testkit.lake;

/** What happens to a commit of a table. */
public enum CommitFault {
    /** It succeeds. */
    NONE,
    /** The process dies before the commit takes effect: {@link SimulatedCrash}. */
    CRASH_BEFORE,
    /** The process dies after the commit took effect: {@link SimulatedCrash}. */
    CRASH_AFTER,
    /** Nobody answers, and the commit did not take effect. */
    UNKNOWN_BEFORE,
    /** Nobody answers, and the commit took effect. */
    UNKNOWN_AFTER,
    /** The commit is refused as if another program had committed first, although none did. */
    REFUSED;

    /** Whether the process dies. */
    public boolean isCrash() {
        return this == CRASH_BEFORE || this == CRASH_AFTER;
    }
}
