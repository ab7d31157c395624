package io.tidemark.lake.iceberg.commit;

import io.tidemark.lake.upsert.table.ProgressText;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.schema.TableId;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PendingUpdate;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in which a mirror is committed to. A commit is computed from a version ({@link #refresh}) and ends in one of four outcomes:
 * committed; conflict ({@code LAKE_COMMIT_CONFLICT}: the table moved on, progress did not); fenced ({@code LAKE_COMMIT_FENCED}: progress moved on
 * or a newer fence was seen); unknown ({@code LAKE_COMMIT_UNKNOWN}: the catalog did not answer and the table does not tell). Thread-safe.
 */
public final class TableCommits {
    private static final Logger LOG = LoggerFactory.getLogger(TableCommits.class);
    private static final int LOOKUPS = 3;

    private final TableId table;
    private final TableOperations operations;
    private final ReentrantLock lock = new ReentrantLock();

    public TableCommits(TableId table, TableOperations operations) {
        this.table = table;
        this.operations = operations;
    }

    /** The newest version, read afresh. */
    public TableMetadata refresh() {
        lock.lock();
        try {
            TableMetadata metadata = operations.refresh();
            if (metadata == null) {
                throw missing(null);
            }
            return metadata;
        } catch (NoSuchTableException e) {
            throw missing(e);
        } catch (TidemarkException e) {
            throw e;
        } catch (RuntimeException e) {
            throw CatalogFailures.of("Cannot read the mirror of " + table, e);
        } finally {
            lock.unlock();
        }
    }

    /** A table that reads this version, whatever is committed later. */
    public Table reading(TableMetadata version) {
        return new BaseTable(
                new StaticTableOperations(version, operations.io(), operations.locationProvider()),
                table.toString(),
                report -> {});
    }

    /**
     * Refuses what a worker that was taken over would do.
     *
     * @throws TidemarkException {@code LAKE_COMMIT_FENCED}
     */
    private void requireFence(LakeProgress current, long fence) {
        if (fence < current.fence()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot commit to " + table + ": a newer worker has committed (fence=" + fence + ", newer="
                            + current.fence() + ")");
        }
    }

    /**
     * Commits a new version.
     *
     * @param base the version that the update was computed from
     * @param progress what the new version says of itself, the fence included
     * @param update makes the update on a table that stands at the base
     * @return the table after the commit, its current snapshot being the new version or a later one
     */
    public Committed commit(
            TableMetadata base, LakeProgress progress, Function<Table, ? extends SnapshotUpdate<?>> update) {
        LakeProgress before = ProgressSummary.read(base);
        requireFence(before, progress.fence());
        String commitId = UUID.randomUUID().toString();
        Map<String, String> pairs = ProgressText.write(progress);
        lock.lock();
        try {
            run(base, before, pairs, commitId, target -> {
                SnapshotUpdate<?> pending = update.apply(target);
                pairs.forEach(pending::set);
                pending.set(ProgressSummary.COMMIT_ID, commitId);
                CallingThread.of(target).ifPresent(pending::scanManifestsWith);
                pending.commit();
            });
            TableMetadata after = afterCommit();
            Snapshot made = find(after, commitId);
            if (made == null) {
                throw new TidemarkException(
                        ErrorCode.LAKE_COMMIT_UNKNOWN,
                        "Cannot find the version just committed to " + table + ": another program took it back");
            }
            return new Committed(after, made, ProgressSummary.read(after, made));
        } finally {
            lock.unlock();
        }
    }

    /** Commits a change of metadata that makes no new version, under the same condition. */
    public TableMetadata commitMetadata(
            TableMetadata base, long fence, Function<Table, ? extends PendingUpdate<?>> update) {
        LakeProgress before = ProgressSummary.read(base);
        requireFence(before, fence);
        lock.lock();
        try {
            run(base, before, Map.of(), "", target -> update.apply(target).commit());
            return afterCommit();
        } finally {
            lock.unlock();
        }
    }

    private void run(
            TableMetadata base,
            LakeProgress before,
            Map<String, String> properties,
            String commitId,
            Consumer<Table> update) {
        ConditionalOperations conditional = new ConditionalOperations(operations, base, properties);
        try {
            update.accept(new BaseTable(conditional, table.toString(), report -> {}));
        } catch (StaleBaseException | ValidationException e) {
            throw refused(before, e);
        } catch (NoSuchTableException e) {
            throw missing(e);
        } catch (TidemarkException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!conditional.attempted()) {
                throw CatalogFailures.of("Cannot commit to " + table, e);
            }
            // Neither success nor a certain failure: CommitStateUnknownException, a lost connection, a full disk after
            // the swap.
            settle(base, before, commitId, e);
        }
    }

    private TableMetadata afterCommit() {
        try {
            return operations.refresh();
        } catch (RuntimeException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_UNKNOWN, "Cannot read back a commit to " + table + ": " + e.getMessage(), e);
        }
    }

    /** Looks an unknown commit up: returns when it is in, throws when it certainly is not or nobody knows. */
    private void settle(TableMetadata base, LakeProgress before, String commitId, RuntimeException cause) {
        for (int attempt = 1; attempt <= LOOKUPS; attempt++) {
            try {
                TableMetadata now = operations.refresh();
                if (!commitId.isEmpty() && find(now, commitId) != null) {
                    LOG.info("Found a commit of unknown outcome table={} attempt={}", table, attempt);
                    return;
                }
                if (!Objects.equals(snapshotId(now), snapshotId(base))) {
                    // The commit was on top of this snapshot, and another one has taken its place: ours can no longer
                    // succeed. That the metadata moved says less: a REST catalog asserts the snapshot only.
                    throw refused(before, cause);
                }
            } catch (TidemarkException e) {
                throw e;
            } catch (RuntimeException e) {
                cause.addSuppressed(e);
            }
        }
        throw new TidemarkException(
                ErrorCode.LAKE_COMMIT_UNKNOWN,
                "Cannot tell whether a commit to " + table + " succeeded: " + cause.getMessage(),
                cause);
    }

    private static @Nullable Long snapshotId(TableMetadata metadata) {
        return metadata.currentSnapshot() == null
                ? null
                : Long.valueOf(metadata.currentSnapshot().snapshotId());
    }

    private TidemarkException refused(LakeProgress before, RuntimeException cause) {
        LakeProgress now = ProgressSummary.read(refresh());
        boolean moved = !now.isSameAs(before) || now.fence() > before.fence();
        return moved
                ? new TidemarkException(
                        ErrorCode.LAKE_COMMIT_FENCED,
                        "Cannot commit to " + table + ": another worker has committed (applied=" + now.applied()
                                + ", fence=" + now.fence() + ")",
                        cause)
                : new TidemarkException(
                        ErrorCode.LAKE_COMMIT_CONFLICT,
                        "Cannot commit to " + table + ": another commit came first, progress is unchanged (applied="
                                + now.applied() + ")",
                        cause);
    }

    private TidemarkException missing(@Nullable Throwable cause) {
        return new TidemarkException(
                ErrorCode.LAKE_TABLE_MISSING, "Cannot find the mirror of " + table + ": the catalog has none", cause);
    }

    private static @Nullable Snapshot find(TableMetadata metadata, String commitId) {
        Snapshot at = metadata.currentSnapshot();
        while (at != null) {
            if (commitId.equals(at.summary().get(ProgressSummary.COMMIT_ID))) {
                return at;
            }
            at = at.parentId() == null ? null : metadata.snapshot(at.parentId());
        }
        return null;
    }

    /**
     * A commit that succeeded.
     *
     * @param metadata the table afterwards
     * @param version the version it made
     * @param progress what that version says of itself
     */
    public record Committed(TableMetadata metadata, Snapshot version, LakeProgress progress) {}
}
