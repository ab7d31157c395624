package io.tidemark.testkit.lake;

import io.tidemark.spi.error.ErrorCode;
import java.util.EnumSet;
import java.util.Set;

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

    /** Errors of a commit that are tried again: it took effect or not, and only the mirror tells. */
    static final Set<ErrorCode> TRIED_AGAIN =
            EnumSet.of(ErrorCode.LAKE_COMMIT_UNKNOWN, ErrorCode.LAKE_COMMIT_CONFLICT, ErrorCode.LAKE_IO);

    /** Whether the process dies. */
    public boolean isCrash() {
        return this == CRASH_BEFORE || this == CRASH_AFTER;
    }
}
