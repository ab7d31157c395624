package io.tidemark.spi.error;

/**
 * Everything that can go wrong, with a stable id (the constant's name), a kind, a retry rule and a remedy. Exit codes, metric labels and the
 * reference page derive from this list. The code is decided where the error is made (by SQLState, exception type), never from message text.
 */
public enum ErrorCode {
    INVALID_ARGUMENT(ErrorKind.USER, RetryRule.OPERATOR, "See 'tidemark help' for the command's options."),
    UNKNOWN_TABLE(ErrorKind.USER, RetryRule.OPERATOR, "See 'tidemark tables' for the tables of this pipeline."),
    QUERY_REJECTED(
            ErrorKind.USER,
            RetryRule.OPERATOR,
            "Only one SELECT over mirror tables and history is allowed; see 'tidemark tables'."),
    QUERY_FAILED(ErrorKind.USER, RetryRule.OPERATOR, "Correct the SQL; see 'tidemark tables' for names."),
    DIFFERENT(ErrorKind.USER, RetryRule.OPERATOR, "Run 'tidemark verify --repair' to re-read the differing keys."),

    CONFIG_INVALID(
            ErrorKind.CONFIGURATION, RetryRule.OPERATOR, "Correct the configuration; 'tidemark check' tests it."),
    CONFIG_NOT_FOUND(
            ErrorKind.CONFIGURATION, RetryRule.OPERATOR, "Run 'tidemark init', or name the file with --config FILE."),
    SECRET_NOT_FOUND(
            ErrorKind.CONFIGURATION,
            RetryRule.OPERATOR,
            "Set the environment variable, file or secret that the setting refers to."),
    PARTITION_INVALID(
            ErrorKind.CONFIGURATION,
            RetryRule.OPERATOR,
            "Choose a partition column that exists, has a suitable type and never changes for a row."),
    PLUGIN_NOT_FOUND(ErrorKind.CONFIGURATION, RetryRule.OPERATOR, "Correct the 'type', or install the plug-in."),

    SOURCE_UNREACHABLE(ErrorKind.SOURCE, RetryRule.RETRY, "Check host, port and network; is the database up?"),
    SOURCE_DATABASE_MISSING(ErrorKind.SOURCE, RetryRule.OPERATOR, "Correct the database in source.url, or create it."),
    SOURCE_AUTHENTICATION(ErrorKind.SOURCE, RetryRule.OPERATOR, "Check user and password of the source."),
    SOURCE_PERMISSION(
            ErrorKind.SOURCE, RetryRule.OPERATOR, "Grant the missing permission; 'tidemark check' prints it."),
    SOURCE_NOT_LOGICAL(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "Set wal_level = logical (on RDS: rds.logical_replication = 1) and restart the database."),
    SOURCE_STREAM_OFF(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "Turn the table's stream on with new images: aws dynamodb update-table --table-name TABLE --stream-specification"
                    + " StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES; then run 'tidemark resync TABLE'."),
    SOURCE_NO_FREE_SLOT(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "Raise max_replication_slots and max_wal_senders, or drop unused slots (see pg_replication_slots)."),
    SOURCE_SLOT_IN_USE(
            ErrorKind.SOURCE,
            RetryRule.RETRY,
            "Another process reads this slot; stop it, or give this pipeline another name."),
    SOURCE_SLOT_LOST(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "The replication slot is gone or invalid, so changes are missing: run 'tidemark resync --compare --all', which keeps the mirrors and"
                    + " mends what differs, or 'tidemark resync --all', which loads all tables."),
    SOURCE_REPLACED(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "Correct source.url. If this is to be the source from now on, run 'tidemark resync --all', which loads all tables, or"
                    + " 'tidemark resync --compare --all', which keeps the mirrors and mends what differs (after pg_upgrade)."),
    SOURCE_PROMOTED(
            ErrorKind.SOURCE,
            RetryRule.RETRY,
            "A standby was promoted; capture finds out first what it has, and everything else goes on after that."),
    SOURCE_BEHIND(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "The lake may have changes that this server never had: run 'tidemark resync --compare --all' to take them back, or 'tidemark"
                    + " resync --all' to load all tables."),
    SOURCE_SLOT_BLOCKED(
            ErrorKind.SOURCE,
            RetryRule.RETRY,
            "A consistent point waits for running transactions to end; end the named one, or try later."),
    SOURCE_VERSION(ErrorKind.SOURCE, RetryRule.OPERATOR, "Use a supported version of the database."),
    SOURCE_TABLE_MISSING(
            ErrorKind.SOURCE, RetryRule.OPERATOR, "Create the table, or take it out with 'tidemark drop TABLE'."),
    SOURCE_TABLE_REWRITTEN(
            ErrorKind.SOURCE,
            RetryRule.RETRY,
            "The table was truncated or rewritten after the snapshot was taken; a newer snapshot reads it."),
    SOURCE_CONNECTION_LOST(ErrorKind.SOURCE, RetryRule.RETRY, "The connection is opened again by itself."),
    SOURCE_QUERY(ErrorKind.SOURCE, RetryRule.RETRY, "See the database's own message."),
    SOURCE_PROTOCOL(
            ErrorKind.SOURCE, RetryRule.FATAL, "Report this with the message; the source sent what is not understood."),
    SOURCE_EXPORT_CORRUPT(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "Copy the named file from the export again, or make a new export; then run 'tidemark resync TABLE'."),
    SOURCE_VALUE(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "Map the column to string (tables: columns: NAME: string), then run 'tidemark resync TABLE', or say on-bad-value: string"
                    + " to have that done; or set such rows aside with on-bad-value: dead-letter."),
    SOURCE_TYPE(ErrorKind.SOURCE, RetryRule.OPERATOR, "Exclude the column or table, or cast it to a supported type."),
    SOURCE_SCHEMA_CHANGED(
            ErrorKind.SOURCE, RetryRule.OPERATOR, "Run 'tidemark resync TABLE' to load the table with its new schema."),
    SOURCE_WAL_LIMIT(
            ErrorKind.SOURCE,
            RetryRule.OPERATOR,
            "The slot retains more WAL than allowed; find out why capture is behind ('tidemark status')."),

    LAKE_NOT_WRITABLE(ErrorKind.LAKE, RetryRule.OPERATOR, "Give this user write permission on the lake's location."),
    LAKE_IO(ErrorKind.LAKE, RetryRule.RETRY, "Check the storage of the lake."),
    STORAGE_UNAVAILABLE(
            ErrorKind.LAKE,
            51,
            RetryRule.RETRY,
            "Check the object storage's health, lake.properties' endpoint and the network; work goes on by itself when it answers."),
    STORAGE_THROTTLED(
            ErrorKind.LAKE,
            52,
            RetryRule.RETRY,
            "The storage asks for fewer requests; work goes on by itself. If it stays so, raise slices.interval, or lower limits.workers."),
    CATALOG_UNAVAILABLE(
            ErrorKind.LAKE,
            53,
            RetryRule.RETRY,
            "Check that the catalog in lake.properties runs and can be reached; work goes on by itself when it answers."),
    LAKE_TABLE_MISSING(ErrorKind.LAKE, RetryRule.OPERATOR, "Run 'tidemark resync TABLE' to make the mirror again."),
    LAKE_SCHEMA_MISMATCH(ErrorKind.LAKE, RetryRule.OPERATOR, "Run 'tidemark resync TABLE' to make the mirror again."),
    LAKE_COMMIT_CONFLICT(ErrorKind.LAKE, RetryRule.RETRY, "Another commit came first; the work is done again."),
    LAKE_COMMIT_FENCED(
            ErrorKind.LAKE, RetryRule.RETRY, "Another worker took the table over; this one gave its work up."),
    LAKE_COMMIT_UNKNOWN(
            ErrorKind.LAKE, RetryRule.RETRY, "The commit is looked up by its position before anything is done again."),
    LAKE_FILE_CORRUPT(ErrorKind.LAKE, RetryRule.OPERATOR, "Restore the file, or run 'tidemark resync TABLE'."),
    LAKE_INDEX_IN_USE(
            ErrorKind.LAKE,
            RetryRule.RETRY,
            "Another worker on this machine has the table's key index open; it is tried again."),
    LAKE_ROW_MISSING(
            ErrorKind.LAKE,
            RetryRule.OPERATOR,
            "The mirror lacks a row that an update or delete refers to: run 'tidemark resync TABLE'."),
    LAKE_FOREIGN_DELETES(
            ErrorKind.LAKE,
            RetryRule.OPERATOR,
            "Another writer put equality deletes into the mirror: compact them away there, or run 'tidemark resync TABLE'."),

    SLICE_CORRUPT(
            ErrorKind.LAKE,
            RetryRule.OPERATOR,
            "Restore the slice file from a backup, or run 'tidemark resync TABLE' to go on without it."),
    SLICE_CONFLICT(ErrorKind.LAKE, RetryRule.RETRY, "Another capture sealed this slice first; capture starts again."),
    STATE_NEWER(
            ErrorKind.LAKE,
            RetryRule.OPERATOR,
            "Use that version or a later one: this program would damage what it does not know."),
    STATE_IN_USE(
            ErrorKind.LAKE,
            RetryRule.OPERATOR,
            "Stop all processes of the pipeline, then start them with the new version; leases of processes that died are free after ten seconds."),
    METASTORE_UNAVAILABLE(
            ErrorKind.LAKE, 54, RetryRule.RETRY, "Check the metadata store's URL and that it is reachable."),
    ENGINE_FAILED(
            ErrorKind.RESOURCE,
            RetryRule.RETRY,
            "The work is done again; see the engine's own log (for Spark: the driver's) if it fails again and again."),
    LEASE_LOST(ErrorKind.LAKE, RetryRule.RETRY, "Another process took over; this one starts again."),

    LIMIT_EXCEEDED(ErrorKind.RESOURCE, RetryRule.OPERATOR, "Raise the named limit, or make the work smaller."),
    MEMORY_EXHAUSTED(
            ErrorKind.RESOURCE,
            63,
            RetryRule.RETRY,
            "It is tried again; if that does not help, give Java more memory, for example with JAVA_TOOL_OPTIONS=-Xmx8g."),
    TIMEOUT(ErrorKind.RESOURCE, RetryRule.RETRY, "Try again, or give it more time."),
    DISK_FULL(
            ErrorKind.RESOURCE,
            61,
            RetryRule.RETRY,
            "Free space on the named disk, or raise its quota; work goes on by itself when there is room."),
    OPEN_FILES_EXHAUSTED(
            ErrorKind.RESOURCE,
            62,
            RetryRule.RETRY,
            "Raise the limit of open files (ulimit -n, LimitNOFILE=; prlimit --pid PID --nofile=N:N for a running process); work goes on by itself."),
    DEMO_DATABASE(
            ErrorKind.RESOURCE,
            RetryRule.OPERATOR,
            "See server.log in the demo's folder, or use another folder with --dir."),

    INTERNAL(ErrorKind.INTERNAL, RetryRule.OPERATOR, "Report this with the output of the same command with --trace.");

    private final ErrorKind kind;
    private final int exitCode;
    private final RetryRule retry;
    private final String remedy;

    ErrorCode(ErrorKind kind, RetryRule retry, String remedy) {
        this(kind, kind.exitCode(), retry, remedy);
    }

    /** @param exitCode one of its own, which begins with the digit of the kind */
    ErrorCode(ErrorKind kind, int exitCode, RetryRule retry, String remedy) {
        this.kind = kind;
        this.exitCode = exitCode;
        this.retry = retry;
        this.remedy = remedy;
    }

    public ErrorKind kind() {
        return kind;
    }

    /** What a command that ended with this error exits with: the kind's, or for a failure that scripts answer in its own way, one of its own. */
    public int exitCode() {
        return exitCode;
    }

    public RetryRule retry() {
        return retry;
    }

    /** One sentence: what the reader does next. */
    public String remedy() {
        return remedy;
    }
}
