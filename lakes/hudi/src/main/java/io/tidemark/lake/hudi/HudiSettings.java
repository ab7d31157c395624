package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.spi.config.Setting;
import java.util.List;

/** The settings of a Hudi lake; other settings of Hudi's write client go under {@code properties:} as Hudi spells them. */
final class HudiSettings {
    static final Setting<TableKind> TABLE_TYPE = Setting.choice(
            "table-type",
            TableKind.COPY_ON_WRITE,
            "Hudi table type: copy-on-write rewrites the files that hold changed rows; merge-on-read appends changes to log files, which"
                    + " compaction merges; for tables made from now on.");

    static final Setting<WriteOptions.Index> INDEX = Setting.choice(
            "index",
            WriteOptions.Index.SIMPLE,
            "How an apply finds the files that hold its keys: simple reads the keys of every base file; bloom only those whose Bloom filter and"
                    + " range of keys may hold one of them, which pays when few or only recent keys change.");

    static final Setting<Integer> COMPACTION_COMMITS = Setting.integer(
            "compaction-commits",
            "10",
            1,
            10_000,
            "Merge-on-read: commits after which log files are merged into base files, 1 to 10000.");

    static final Setting<Compaction> COMPACTION = Setting.choice(
            "compaction",
            Compaction.BACKGROUND,
            "Merge-on-read: when log files are merged into base files: inline, as part of the commit that makes it due, or background, between"
                    + " commits.");

    static final Setting<Integer> RETAINED_COMMITS = Setting.integer(
            "retained-commits",
            "10",
            1,
            10_000,
            "Commits whose files cleaning keeps, so that they can be read as of then, 1 to 10000.");

    static final Setting<Long> FILE_SIZE =
            Setting.size("file-size", "120MiB", 1 << 20, 1L << 40, "Size at which a base file is full, 1MiB to 1TiB.");

    static final Setting<Long> APPLY_MEMORY = Setting.size(
            "apply-memory",
            "128MiB",
            1 << 20,
            1L << 40,
            "Memory for changed rows of one apply before they go to local disk, 1MiB to 1TiB.");

    static final List<Setting<?>> ALL =
            List.of(TABLE_TYPE, INDEX, COMPACTION, COMPACTION_COMMITS, RETAINED_COMMITS, FILE_SIZE, APPLY_MEMORY);

    private HudiSettings() {}

    /** Hudi's table types. */
    enum TableKind {
        COPY_ON_WRITE,
        MERGE_ON_READ
    }

    /** When log files are merged. */
    enum Compaction {
        INLINE,
        BACKGROUND
    }
}
