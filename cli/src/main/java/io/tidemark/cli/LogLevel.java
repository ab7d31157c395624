package io.tidemark.cli;

/** How much a command logs to standard error. */
public enum LogLevel {
    /** Warnings and errors: for commands that print a result. */
    WARNINGS,
    /** Also life-cycle events: for commands that run until stopped. */
    LIFE_CYCLE,
    /** Also details, for {@code --verbose}. */
    DETAILS
}
