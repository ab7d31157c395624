package io.tidemark.spi.error;

/** Where an error comes from; decides who has to act, and the exit code unless the error has one of its own. */
public enum ErrorKind {
    /** The command or its arguments. */
    USER(2),
    /** The configuration file. */
    CONFIGURATION(3),
    /** The source database: connection, permission, settings, values. */
    SOURCE(4),
    /** The lake, the slice log or the metadata store. */
    LAKE(5),
    /** A limit of the machine: disk, memory, time. */
    RESOURCE(6),
    /** A defect of Tidemark. */
    INTERNAL(70);

    private final int exitCode;

    ErrorKind(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The exit code of a command that ended with an error of this kind; see {@link ErrorCode#exitCode()}. */
    public int exitCode() {
        return exitCode;
    }
}
