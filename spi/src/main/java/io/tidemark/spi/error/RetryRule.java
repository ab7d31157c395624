package io.tidemark.spi.error;

/** What a role does after an error. */
public enum RetryRule {
    /** Try again by itself, with growing pauses: the cause is expected to pass. */
    RETRY,
    /** Stop the table or the role and wait for an operator: the remedy names what to do. */
    OPERATOR,
    /** Stop: going on could be wrong. */
    FATAL
}
