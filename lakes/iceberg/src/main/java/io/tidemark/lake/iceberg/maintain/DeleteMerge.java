package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep.Rules;
import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.lake.iceberg.plan.PlannedFiles;
import io.tidemark.lake.iceberg.write.DeleteMarks;
import io.tidemark.lake.iceberg.write.Discards;
import io.tidemark.lake.iceberg.write.MirrorFiles;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.DeleteFileSet;

/** Merges the position delete files of a partition into one, which also forgets deletes of files that are gone. Deletion vectors need none. */
final class DeleteMerge {
    private final TableCommits commits;
    private final MirrorFiles files;
    private final PlannedFiles live;
    private final Rules rules;

    DeleteMerge(TableCommits commits, MirrorFiles files, PlannedFiles live, Rules rules) {
        this.commits = commits;
        this.files = files;
        this.live = live;
        this.rules = rules;
    }

    Optional<String> step(TableMetadata base, long fence) {
        if (files.hasDeletionVectors()) {
            return Optional.empty();
        }
        Map<Object, Group> groups = new LinkedHashMap<>();
        for (LiveFile file : live.all()) {
            groups.computeIfAbsent(file.group(), unused -> new Group()).add(file);
        }
        List<Group> due = groups.values().stream()
                .filter(group -> group.deletes.size() > rules.deleteFilesMax())
                .toList();
        return due.isEmpty() ? Optional.empty() : Optional.of(merge(base, fence, due));
    }

    private String merge(TableMetadata base, long fence, List<Group> due) {
        DeleteMarks marks = DeleteMarks.of(files);
        DeletedPositions deleted = new DeletedPositions(files.io());
        Set<DeleteFile> old = DeleteFileSet.create();
        for (Group group : due) {
            old.addAll(group.deletes);
            for (LiveFile file : group.files) {
                deleted.of(file).forEach(row -> marks.mark(file.file(), row));
            }
        }
        try {
            DeleteMarks.Written written = marks.write(path -> PositionDeleteIndex.empty());
            try {
                commits.commit(
                        base, ProgressSummary.read(base).withFence(fence), table -> update(table, base, old, written));
            } catch (TidemarkException e) {
                if (TableStore.isCertainFailure(e)) {
                    Discards.delete(
                            files.io(),
                            written.added().stream().map(DeleteFile::location).toList());
                }
                throw e;
            }
            return "merged " + old.size() + " delete files into "
                    + written.added().size();
        } catch (IOException | UncheckedIOException e) {
            throw TidemarkException.ofStorage(
                    "Cannot merge the deletes of " + files.table().name(), e);
        }
    }

    private static RewriteFiles update(
            Table table, TableMetadata base, Set<DeleteFile> old, DeleteMarks.Written written) {
        RewriteFiles rewrite =
                table.newRewrite().validateFromSnapshot(base.currentSnapshot().snapshotId());
        old.forEach(rewrite::deleteFile);
        written.added().forEach(rewrite::addFile);
        return rewrite;
    }

    /** A partition's data files and their delete files. */
    private static final class Group {
        final List<LiveFile> files = new ArrayList<>();
        final Set<DeleteFile> deletes = DeleteFileSet.create();

        void add(LiveFile file) {
            files.add(file);
            deletes.addAll(file.deletes());
        }
    }
}
