package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.schema.AvroSchemas;
import io.tidemark.lake.hudi.schema.SpecText;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.lake.upsert.table.ProgressText;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.schema.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.client.HoodieJavaWriteClient;
import org.apache.hudi.client.WriteStatus;
import org.apache.hudi.client.common.HoodieJavaEngineContext;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieCommitMetadata;
import org.apache.hudi.common.model.HoodieWriteStat;
import org.apache.hudi.common.model.WriteOperationType;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.timeline.HoodieInstant;
import org.apache.hudi.common.table.timeline.HoodieTimeline;
import org.apache.hudi.common.util.ClusteringUtils;
import org.apache.hudi.common.util.Option;
import org.apache.hudi.config.HoodieWriteConfig;
import org.apache.hudi.exception.HoodieWriteConflictException;
import org.apache.hudi.table.HoodieJavaTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits to a mirror. Each is conditional: Hudi calls back when it holds the table's transaction lock, right before it completes the commit; there
 * the newest completed commit is read afresh, its progress is held against what the caller expects, and the new progress is put into the commit's
 * metadata. So of two writers that computed from the same progress one fails, as long as the lock is held by one at a time.
 */
public final class TableCommits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableCommits.class);

    private final TableId table;
    private final StoredSpec stored;
    private final TableVersions versions;
    private final HoodieJavaEngineContext context;
    private final WriteOptions options;
    private final HoodieWriteConfig config;
    private final HoodieJavaWriteClient<IndexedRecord> client;

    public TableCommits(TableVersions versions, StoredSpec stored, WriteOptions options) {
        this.table = stored.spec().schema().table();
        this.stored = stored;
        this.versions = versions;
        this.options = options;
        this.context = versions.context();
        HoodieTableMetaClient meta = versions.refresh();
        this.config =
                WriteConfigs.of(versions.basePath(), stored, AvroSchemas.of(stored), meta.getTableType(), options);
        this.client = new HoodieJavaWriteClient<>(context, config);
    }

    public StoredSpec stored() {
        return stored;
    }

    public TableVersions versions() {
        return versions;
    }

    /** What the table holds now. */
    public List<FileSlice> files() {
        return versions.files(versions.refresh()).slices();
    }

    /** Hudi's own client, for upkeep. */
    public HoodieJavaWriteClient<IndexedRecord> client() {
        return client;
    }

    /** @throws TidemarkException {@code LAKE_COMMIT_FENCED} when a newer fence has committed */
    public void requireFence(LakeProgress current, long fence) {
        if (fence < current.fence()) {
            throw fenced("a newer worker took over (fence=" + fence + ", newer=" + current.fence() + ")");
        }
    }

    /** @throws TidemarkException {@code LAKE_COMMIT_FENCED} when the table is not where the caller thinks it is */
    public void requireProgress(LakeProgress current, LakeProgress expected) {
        if (!current.isSameAs(expected)) {
            throw fenced("it moved on meanwhile (expected=" + expected.applied() + ", found=" + current.applied()
                    + ", load=" + current.loadId() + ")");
        }
    }

    public TidemarkException fenced(String reason) {
        return new TidemarkException(
                ErrorCode.LAKE_COMMIT_FENCED, "Cannot commit to the mirror of " + table + ": " + reason);
    }

    /** Takes away what commits that died or were given up have left. Only for who holds the table's lease. */
    public void rollBackPending() {
        HoodieTimeline pending =
                versions.refresh().getActiveTimeline().getCommitsTimeline().filterInflightsAndRequested();
        for (HoodieInstant instant : pending.getInstants()) {
            LOG.info("Rolled back a pending commit table={} instant={}", table, instant.requestedTime());
            takeBack(instant.requestedTime());
        }
    }

    /**
     * Commits.
     *
     * @param kind what the commit does to what the table holds
     * @param schema columns from this commit on
     * @param next gives the new progress for the table's newest one, or throws; called under the table's lock
     * @param work writes the files
     */
    public LakeProgress commit(Kind kind, StoredSpec schema, UnaryOperator<LakeProgress> next, Work work) {
        HoodieTableMetaClient meta = versions.refresh();
        String base = newest(meta);
        boolean isReplacing = kind == Kind.REPLACE;
        String action = isReplacing ? HoodieTimeline.REPLACE_COMMIT_ACTION : meta.getCommitActionType();
        String instant = client.startCommit(action, meta);
        try {
            begin(meta, action, instant);
            WriteOperationType operation =
                    isReplacing ? WriteOperationType.INSERT_OVERWRITE_TABLE : WriteOperationType.UPSERT;
            client.preWrite(instant, operation, meta);
            Written written = work.write(new OpenCommit(
                    config, HoodieJavaTable.create(config, context, meta), instant, versions.files(meta)));
            requireWritten(written.statuses());
            client.commit(
                    instant,
                    written.statuses(),
                    Option.of(pairs(schema)),
                    action,
                    written.replaced(),
                    Option.of((found, metadata) -> {
                        approve(found, instant, metadata, next);
                        if (kind != Kind.APPEND) {
                            requireBase(found, base);
                        }
                    }),
                    Option.empty());
        } catch (RuntimeException e) {
            if (!isCompleted(instant, e)) {
                rollBack(instant);
                throw translated(e);
            }
            LOG.warn("A commit succeeded although its writer failed after it table={} instant={}", table, instant, e);
        }
        return versions.progress(versions.refresh());
    }

    /**
     * The same commit, for other processes that write its files.
     *
     * @param live what it leaves of what the table held
     */
    public PendingCommit pending(OpenCommit open, List<FileSlice> live) {
        return new PendingCommit(
                versions.basePath(),
                stored,
                options,
                open.instant(),
                newest(open.files().meta()),
                live);
    }

    private static Map<String, String> pairs(StoredSpec schema) {
        Map<String, String> pairs = new HashMap<>(SpecText.write(schema));
        pairs.put(HoodieCommitMetadata.SCHEMA_KEY, AvroSchemas.of(schema).toString());
        return pairs;
    }

    private void begin(HoodieTableMetaClient meta, String action, String instant) {
        meta.reloadActiveTimeline();
        HoodieInstant requested = meta.createNewInstant(HoodieInstant.State.REQUESTED, action, instant);
        HoodieCommitMetadata nothing = new HoodieCommitMetadata();
        if (ClusteringUtils.isClusteringOrReplaceCommitAction(action)) {
            meta.getActiveTimeline().transitionReplaceRequestedToInflight(requested, Option.empty());
        } else {
            meta.getActiveTimeline().transitionRequestedToInflight(requested, Option.of(nothing));
        }
        meta.reloadActiveTimeline();
    }

    private void approve(
            HoodieTableMetaClient meta,
            String instant,
            HoodieCommitMetadata metadata,
            UnaryOperator<LakeProgress> next) {
        meta.reloadActiveTimeline();
        boolean isPending =
                meta.getActiveTimeline().getCommitsTimeline().filterInflights().containsInstant(instant);
        if (!isPending) {
            throw fenced("another worker rolled this commit back (instant=" + instant + ")");
        }
        ProgressText.write(next.apply(versions.progress(meta))).forEach(metadata::addMetadata);
    }

    private void requireBase(HoodieTableMetaClient meta, String base) {
        String newest = newest(meta);
        if (!newest.equals(base)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_CONFLICT,
                    "Cannot commit to the mirror of " + table + ": its files changed meanwhile (base=" + base
                            + ", newest=" + newest + ")");
        }
    }

    private String newest(HoodieTableMetaClient meta) {
        return versions.newest(meta).map(HoodieInstant::requestedTime).orElse("");
    }

    /** Hudi's writers note rows that they cannot write and go on. */
    private void requireWritten(List<WriteStatus> statuses) {
        for (WriteStatus status : statuses) {
            if (status.hasErrors() || status.getGlobalError() != null) {
                Throwable cause = status.getGlobalError() != null
                        ? status.getGlobalError()
                        : status.getErrors().values().stream().findFirst().orElse(null);
                throw new TidemarkException(
                        ErrorCode.LAKE_IO,
                        "Cannot write rows of the mirror of " + table + ": "
                                + (cause == null ? "Hudi gives no reason" : cause.toString()) + " (rows="
                                + status.getTotalErrorRecords() + ")",
                        cause);
            }
        }
    }

    private boolean isCompleted(String instant, RuntimeException failure) {
        try {
            return versions.refresh()
                    .getActiveTimeline()
                    .getCommitsTimeline()
                    .filterCompletedInstants()
                    .containsInstant(instant);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_UNKNOWN,
                    "Cannot tell whether a commit to the mirror of " + table + " succeeded: " + e.getMessage()
                            + " (instant=" + instant + ")",
                    failure);
        }
    }

    private void rollBack(String instant) {
        try {
            takeBack(instant);
        } catch (RuntimeException e) {
            // Who applies next rolls it back.
            LOG.warn("Left a pending commit to be rolled back later table={} instant={}", table, instant, e);
        }
    }

    /** Hudi marks this as deprecated and has no other public way to roll one commit back. */
    @SuppressWarnings("deprecation")
    private void takeBack(String instant) {
        client.rollback(instant);
    }

    private RuntimeException translated(RuntimeException e) {
        if (e instanceof TidemarkException) {
            return e;
        }
        if (e instanceof HoodieWriteConflictException) {
            return new TidemarkException(
                    ErrorCode.LAKE_COMMIT_CONFLICT,
                    "Cannot commit to the mirror of " + table + ": " + e.getMessage(),
                    e);
        }
        return failed("commit to", e);
    }

    public TidemarkException failed(String verb, Exception e) {
        return TidemarkException.ofStorage("Cannot " + verb + " the mirror of " + table, e);
    }

    @Override
    public void close() {
        client.close();
    }

    /** What a commit does to what the table holds. */
    public enum Kind {
        /** It leaves it as it is, so that other such commits may come between. */
        APPEND,
        /** It changes file groups as it has seen them. */
        CHANGE,
        /** It takes file groups away. */
        REPLACE
    }

    /** Writes the files of a commit. */
    public interface Work {
        Written write(OpenCommit open);
    }

    /**
     * What a commit consists of.
     *
     * @param statuses files written
     * @param replaced file groups that are gone, by partition
     */
    public record Written(List<WriteStatus> statuses, Map<String, List<String>> replaced) {
        /** No files. */
        public static final Written NOTHING = new Written(List.of(), Map.of());

        /** Row versions written. */
        public long upserted() {
            return sum(stat -> stat.getNumInserts() + stat.getNumUpdateWrites());
        }

        /** Row versions taken away. */
        public long deleted() {
            return sum(stat -> stat.getNumUpdateWrites() + stat.getNumDeletes());
        }

        private long sum(ToLongFunction<HoodieWriteStat> count) {
            return statuses.stream().map(WriteStatus::getStat).mapToLong(count).sum();
        }

        /** No files, in the place of these. */
        public static Written replacing(List<FileSlice> gone) {
            return new Written(List.of(), groups(gone));
        }

        /** The same files, in the place of these. */
        public Written inPlaceOf(List<FileSlice> gone) {
            return new Written(statuses, groups(gone));
        }

        private static Map<String, List<String>> groups(List<FileSlice> slices) {
            return slices.stream()
                    .collect(Collectors.groupingBy(
                            FileSlice::getPartitionPath,
                            Collectors.mapping(FileSlice::getFileId, Collectors.toList())));
        }
    }
}
