package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.commit.IcebergVersion;
import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep;
import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.plan.GenericRows;
import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.lake.iceberg.plan.PinnedVersions;
import io.tidemark.lake.iceberg.plan.PlannedFiles;
import io.tidemark.lake.iceberg.schema.SchemaEvolution;
import io.tidemark.lake.iceberg.write.DeleteMarks;
import io.tidemark.lake.iceberg.write.Discards;
import io.tidemark.lake.iceberg.write.MirrorFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.DeleteFileSet;
import org.jspecify.annotations.Nullable;

/** A mirror table in Iceberg. */
final class IcebergStore implements TableStore {
    private final LakeTableSpec spec;
    private final TableOperations operations;
    private final TableCommits commits;
    private final PinnedVersions versions;
    private final Upkeep upkeep;
    private volatile @Nullable PlannedFiles live;

    IcebergStore(LakeTableSpec spec, TableOperations operations, Upkeep.Rules rules) {
        this.spec = spec;
        this.operations = operations;
        this.commits = new TableCommits(spec.schema().table(), operations);
        this.versions = new PinnedVersions(commits);
        this.upkeep = new Upkeep(commits, spec, rules);
    }

    @Override
    public LakeTableSpec spec() {
        return spec;
    }

    @Override
    public TableVersion refresh() {
        return IcebergVersion.of(commits.refresh());
    }

    @Override
    public PlannedFiles live(TableVersion version) {
        IcebergVersion wanted = (IcebergVersion) version;
        PlannedFiles known = known(version);
        if (known == null) {
            known = PlannedFiles.plan(commits.reading(wanted.metadata()), wanted.snapshotId());
            live = known;
        }
        return known;
    }

    @Override
    public MirrorFiles files(TableVersion version) {
        return MirrorFiles.of(commits.reading(((IcebergVersion) version).metadata()), spec);
    }

    @Override
    public Committed commit(TableVersion version, LakeProgress progress, TableChange change) {
        TableMetadata base = ((IcebergVersion) version).metadata();
        DeleteMarks.Written deletes = write(version, change);
        try {
            TableCommits.Committed committed =
                    commits.commit(base, progress, table -> update(table, version, change, deletes));
            PlannedFiles before = known(version);
            long gone = change.isCleared() && before != null ? before.rows() : 0;
            live = before == null || !change.compacted().isEmpty()
                    ? null
                    : before.after(
                            committed.version().snapshotId(), change.isCleared(), change.added(), deletes.added());
            return new Committed(IcebergVersion.of(committed.metadata()), committed.progress(), gone + deletes.rows());
        } catch (TidemarkException e) {
            if (TableStore.isCertainFailure(e)) {
                Discards.delete(
                        operations.io(),
                        deletes.added().stream()
                                .map(DeleteFile::location)
                                .distinct()
                                .toList());
            }
            throw e;
        }
    }

    @Override
    public Lineage lineage(TableVersion version, long earlier) {
        TableMetadata metadata = ((IcebergVersion) version).metadata();
        Lineage lineage = Lineage.OURS;
        Snapshot at = metadata.currentSnapshot();
        while (at != null) {
            if (at.snapshotId() == earlier) {
                return lineage;
            }
            if (!ProgressSummary.isOurs(at)) {
                lineage = Lineage.FOREIGN;
            }
            at = at.parentId() == null ? null : metadata.snapshot(at.parentId());
        }
        return Lineage.NONE;
    }

    @Override
    public void evolve(TableVersion base, LakeTableSpec after, long fence) {
        commits.commitMetadata(
                ((IcebergVersion) base).metadata(), fence, target -> new SchemaEvolution(target, spec, after));
        live = null;
    }

    @Override
    public Optional<String> maintain(TableVersion base, long fence, List<Long> keep) {
        return upkeep.step(((IcebergVersion) base).metadata(), live(base), fence, keep);
    }

    @Override
    public PinnedTable pin() {
        return versions.newest();
    }

    @Override
    public Optional<PinnedTable> pin(long version) {
        return versions.find(version);
    }

    @Override
    public Optional<PinnedTable> pinAsOf(Instant time) {
        return versions.asOf(time);
    }

    @Override
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        GenericRows.read(commits.reading(commits.refresh()), pinned.progress().version(), pinned.spec(), consumer);
    }

    /** The files of the version, if they are at hand. */
    private @Nullable PlannedFiles known(TableVersion version) {
        PlannedFiles known = live;
        return known != null && known.version() == ((IcebergVersion) version).snapshotId() ? known : null;
    }

    private DeleteMarks.Written write(TableVersion version, TableChange change) {
        if (change.deleted().isEmpty()) {
            return DeleteMarks.Written.NONE;
        }
        DeleteMarks marks = DeleteMarks.of(files(version));
        change.deleted().forEach((file, rows) -> {
            LiveFile marked = (LiveFile) file;
            rows.forEach((int row) -> marks.mark(marked.file(), row));
        });
        DeletedPositions deleted = new DeletedPositions(operations.io());
        PlannedFiles before = change.isCleared() ? null : live(version);
        try {
            return marks.write(path -> {
                LiveFile file = before == null ? null : before.find(path);
                return file == null ? PositionDeleteIndex.empty() : deleted.of(file);
            });
        } catch (IOException | UncheckedIOException e) {
            throw TidemarkException.ofStorage(
                    "Cannot write the deletes of " + spec.schema().table(), e);
        }
    }

    private SnapshotUpdate<?> update(Table table, TableVersion base, TableChange change, DeleteMarks.Written deletes) {
        Snapshot current = table.currentSnapshot();
        boolean isMove = !change.compacted().isEmpty();
        if (isMove && (deletes.added().isEmpty() || files(base).hasDeletionVectors())) {
            return rewrite(table, change, deletes);
        }
        boolean isAppend = change.deleted().isEmpty() && !change.isCleared() && !isMove;
        if (isAppend && change.added().isEmpty()) {
            return table.newFastAppend();
        }
        if (change.isCleared() && change.added().isEmpty()) {
            return current == null
                    ? table.newFastAppend()
                    : table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue());
        }
        RowDelta delta = table.newRowDelta();
        if (current != null) {
            delta.validateFromSnapshot(current.snapshotId());
        }
        if (change.isCleared()) {
            Set<DeleteFile> old = DeleteFileSet.create();
            for (LiveFile file : live(base).all()) {
                delta.removeRows(file.file());
                old.addAll(file.deletes());
            }
            old.forEach(delta::removeDeletes);
        }
        // A rewrite may not add position deletes, which stay when their file goes.
        change.compacted().forEach(old -> delta.removeRows(((LiveFile) old).file()));
        for (StoredFile file : change.added()) {
            delta.addRows(((LiveFile) file).file());
        }
        deletes.added().forEach(delta::addDeletes);
        new LinkedHashSet<>(deletes.removed()).forEach(delta::removeDeletes);
        return delta;
    }

    private static RewriteFiles rewrite(Table table, TableChange change, DeleteMarks.Written deletes) {
        RewriteFiles rewrite =
                table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
        for (StoredFile old : change.compacted()) {
            LiveFile file = (LiveFile) old;
            rewrite.deleteFile(file.file());
            if (ContentFileUtil.containsSingleDV(file.deletes())) {
                rewrite.deleteFile(file.deletes().get(0));
            }
        }
        change.added().forEach(made -> rewrite.addFile(((LiveFile) made).file()));
        deletes.added().forEach(rewrite::addFile);
        return rewrite;
    }
}
