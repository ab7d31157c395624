package io.tidemark.dist;

/**
 * Places of the program where a crash leaves something half done: each stands for a method, and a process can be made to end just before it or just
 * after it. The program knows nothing of them; {@link Failpoints} weaves them into the classes of a process that is started to be killed.
 */
enum Failpoint {
    SLICE_FILE(Occasion.WRITES, "io.tidemark.slices.SliceFileWriter", "seal"),
    SLICE_MANIFEST(Occasion.WRITES, "io.tidemark.slices.SliceManifests", "write"),
    SLICE_SEALED(Occasion.WRITES, Names.METADATA, "compareAndSet", "slices/0"),
    ACKNOWLEDGEMENT(Occasion.WRITES, "io.tidemark.source.postgres.stream.PostgresChangeStream", "acknowledge"),
    CAPTURE_REPORT(Occasion.WRITES, Names.METADATA, "compareAndSet", "capture"),
    LEASE_WRITTEN(Occasion.WRITES, Names.METADATA, "compareAndSet", "leases/"),
    WORK_DISPATCHED(Occasion.WRITES, Names.METADATA, "compareAndSet", "work/"),
    WORK_REMOVED(Occasion.WRITES, Names.METADATA, "delete", "work/"),
    SLICES_PASSED(Occasion.WRITES, "io.tidemark.engine.table.ProgressIndex", "passed"),
    CUT_RECORDED(Occasion.WRITES, Names.METADATA, "compareAndSet", "cuts/"),
    DATA_FILE(Occasion.WRITES, "io.tidemark.lake.upsert.apply.PendingChanges", "finish"),
    DELETES_OF_ROWS(Occasion.WRITES, "io.tidemark.lake.iceberg.IcebergStore", "write"),
    MIRROR_COMMIT(Occasion.WRITES, "io.tidemark.lake.iceberg.commit.TableCommits", "commit"),
    CATALOG_SWAP(Occasion.WRITES, "io.tidemark.lake.iceberg.commit.ConditionalOperations", "commit"),
    KEY_INDEX_PUBLISHED(Occasion.WRITES, "io.tidemark.lake.upsert.index.KeyIndex", "publish"),
    PROGRESS_WRITTEN(Occasion.WRITES, Names.METADATA, "compareAndSet", "progress/"),

    RESUME_FILE(Occasion.START, "io.tidemark.engine.capture.ResumeFile", "write"),
    PUBLICATION(Occasion.START, "io.tidemark.source.postgres.slot.Publications", "publish"),
    STREAM_OPENED(Occasion.START, "io.tidemark.source.postgres.PostgresSource", "openStream"),
    REGISTRATION_COPIED(Occasion.START, "io.tidemark.engine.table.RegistrationFiles", "keep"),

    TABLE_ADDED(Occasion.TABLE, "io.tidemark.engine.table.TableRegistry", "add"),
    TABLE_RECORD(Occasion.LOAD, Names.METADATA, "compareAndSet", "tables/"),
    SNAPSHOT_CUT(Occasion.LOAD, "io.tidemark.source.postgres.snapshot.CutOpener", "open"),
    MIRROR_MADE(Occasion.LOAD, "io.tidemark.lake.iceberg.IcebergLake", "openLoad"),
    LOAD_BEGUN(Occasion.LOAD, Names.MIRROR, "beginLoad"),
    CHUNK_COMMITTED(Occasion.LOAD, Names.MIRROR, "commitChunks"),
    LOAD_REPORT(Occasion.LOAD, Names.METADATA, "compareAndSet", "loads/"),
    LOAD_REPORT_REMOVED(Occasion.LOAD, Names.METADATA, "delete", "loads/"),
    LOAD_FINISHED(Occasion.LOAD, Names.MIRROR, "finishLoad"),
    MIRROR_PUBLISHED(Occasion.LOAD, "io.tidemark.lake.iceberg.IcebergLake", "publish"),
    PROGRESS_OF_LOAD(Occasion.LOAD, "io.tidemark.engine.table.ProgressIndex", "restart"),
    KEY_INDEX_CAUGHT_UP(Occasion.LOAD, "io.tidemark.lake.upsert.index.IndexSync", "complete"),
    SEAL_ASKED(Occasion.LOAD, "io.tidemark.source.postgres.PostgresSource", "mark"),
    MIRROR_MENDED(Occasion.COMPARISON, "io.tidemark.engine.snapshot.MirrorComparison", "mend"),
    COLUMNS_CHANGED(Occasion.COLUMN, Names.MIRROR, "evolve"),

    HOLD_PLACED(Occasion.PROOF, Names.METADATA, "compareAndSet", "holds/"),
    HOLD_REMOVED(Occasion.PROOF, Names.METADATA, "delete", "holds/"),
    CERTIFICATE_STORED(Occasion.PROOF, "io.tidemark.engine.verify.Verifier", "store"),

    SLICE_HINT(Occasion.LONG_RUN, Names.METADATA, "compareAndSet", "slices/head"),
    CUT_FORGOTTEN(Occasion.LONG_RUN, Names.METADATA, "delete", "cuts/"),
    PRUNING_DECLARED(Occasion.LONG_RUN, Names.METADATA, "compareAndSet", "slices/oldest"),
    SLICE_PRUNED(Occasion.LONG_RUN, "io.tidemark.slices.ParquetSliceLog", "pruneOne"),
    SLICE_FORGOTTEN(Occasion.LONG_RUN, Names.METADATA, "delete", "slices/0"),
    FILES_REWRITTEN(Occasion.LONG_RUN, "io.tidemark.lake.upsert.maintain.Rewrite", "write"),
    REWRITE_COMMITTED(Occasion.LONG_RUN, "io.tidemark.lake.upsert.maintain.Rewrite", "commit"),
    KEY_INDEX_ADOPTED(Occasion.LONG_RUN, "io.tidemark.lake.upsert.index.KeyIndex", "adopt"),
    VERSIONS_EXPIRED(Occasion.LONG_RUN, "org.apache.iceberg.RemoveSnapshots", "commit");

    private final Occasion occasion;
    private final String type;
    private final String method;
    private final String argument;

    Failpoint(Occasion occasion, String type, String method) {
        this(occasion, type, method, "");
    }

    /** @param argument what the method's first argument begins with, by which one method stands for several points */
    Failpoint(Occasion occasion, String type, String method, String argument) {
        this.occasion = occasion;
        this.type = type;
        this.method = method;
        this.argument = argument;
    }

    Occasion occasion() {
        return occasion;
    }

    /** Name of the class. */
    String type() {
        return type;
    }

    String method() {
        return method;
    }

    /** Whether a call is one of this point. */
    boolean isCall(String calledType, String calledMethod, Object[] arguments) {
        return method.equals(calledMethod)
                && type.equals(calledType)
                && (argument.isEmpty()
                        || (arguments.length > 0 && arguments[0].toString().startsWith(argument)));
    }

    /** What has to go on so that the point is reached. */
    enum Occasion {
        /** Writes to the source. */
        WRITES,
        /** A process starts. */
        START,
        /** A table that is there is loaded again. */
        LOAD,
        /** A table is made in the source. */
        TABLE,
        /** A mirror is compared with the source and mended. */
        COMPARISON,
        /** A table gets a column. */
        COLUMN,
        /** Somebody verifies. */
        PROOF,
        /** Writes to the source, and up to more than a minute of a process's life. */
        LONG_RUN
    }

    /** On which side of the method a process ends. */
    enum Moment {
        BEFORE,
        AFTER
    }

    private static final class Names {
        static final String METADATA = "io.tidemark.engine.metadata.PrefixedMetadataStore";
        static final String MIRROR = "io.tidemark.lake.upsert.MirrorTable";
    }
}
