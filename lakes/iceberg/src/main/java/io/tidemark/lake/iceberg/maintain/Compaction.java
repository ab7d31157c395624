package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep.Rules;
import io.tidemark.lake.iceberg.plan.DeletedPositions;
import io.tidemark.lake.iceberg.plan.FileRows;
import io.tidemark.lake.iceberg.plan.LiveFile;
import io.tidemark.lake.iceberg.plan.LiveFiles;
import io.tidemark.lake.iceberg.write.Discards;
import io.tidemark.lake.iceberg.write.MirrorFiles;
import io.tidemark.lake.iceberg.write.PartitionedWriter;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Rewrites small files, and files with many deleted rows, into files of the target size. Rows of unpartitioned files, which applies write, move
 * into their partitions. A group of small files is rewritten only when there are more than it will become, so that upkeep comes to rest.
 */
final class Compaction {
    private final TableCommits commits;
    private final MirrorFiles files;
    private final LiveFiles live;
    private final Rules rules;
    private final DeletedPositions deleted;

    Compaction(TableCommits commits, MirrorFiles files, LiveFiles live, Rules rules) {
        this.commits = commits;
        this.files = files;
        this.live = live;
        this.rules = rules;
        this.deleted = new DeletedPositions(files.io());
    }

    Optional<String> step(TableMetadata base, long fence) {
        List<LiveFile> chosen = choose();
        return chosen.isEmpty() ? Optional.empty() : Optional.of(rewrite(base, fence, chosen));
    }

    private List<LiveFile> choose() {
        Map<Object, List<LiveFile>> small = new HashMap<>();
        List<LiveFile> dirty = new ArrayList<>();
        for (LiveFile file : live.all()) {
            if (isDirty(file)) {
                dirty.add(file);
            }
            if (isSmall(file)) {
                small.computeIfAbsent(group(file), group -> new ArrayList<>()).add(file);
            }
        }
        Set<LiveFile> due = new LinkedHashSet<>();
        small.values().stream()
                .filter(group -> group.size() > rules.smallFilesMax())
                .forEach(due::addAll);
        if (dirty.size() > rules.dirtyFilesMax() || dirty.stream().anyMatch(file -> !isSmall(file))) {
            due.addAll(dirty);
        }
        return bounded(due);
    }

    private List<LiveFile> bounded(Set<LiveFile> due) {
        List<LiveFile> chosen = new ArrayList<>();
        long bytes = 0;
        for (LiveFile file : due) {
            bytes += file.file().fileSizeInBytes();
            if (!chosen.isEmpty() && bytes > rules.stepBytes()) {
                break;
            }
            chosen.add(file);
        }
        return chosen;
    }

    private boolean isSmall(LiveFile file) {
        return file.file().fileSizeInBytes() < rules.smallFileBytes();
    }

    private boolean isDirty(LiveFile file) {
        if (file.deletes().isEmpty()) {
            return false;
        }
        long gone = ContentFileUtil.containsSingleDV(file.deletes())
                ? file.deletes().get(0).recordCount()
                : deleted.rowsOf(file).count();
        return gone > rules.dirtyShare() * file.file().recordCount();
    }

    private static Object group(LiveFile file) {
        return List.of(file.file().specId(), String.valueOf(file.file().partition()));
    }

    private String rewrite(TableMetadata base, long fence, List<LiveFile> chosen) {
        try (PartitionedWriter writer = new PartitionedWriter(files, "compact", ParquetWriteOptions.defaults())) {
            SortedRows rows = new SortedRows(files.spec(), files.columns(), writer);
            for (LiveFile file : chosen) {
                FileRows.scan(files.io(), file.path(), files.columns(), deleted.of(file), rows::add);
            }
            rows.flush();
            List<DataFile> made = writer.finish();
            try {
                LakeProgress before = ProgressSummary.read(base);
                commits.commit(
                        base, ProgressSummary.withFence(before, fence), table -> update(table, base, chosen, made));
            } catch (TidemarkException e) {
                if (TableCommits.isCertainFailure(e)) {
                    Discards.delete(
                            files.io(), made.stream().map(DataFile::location).toList());
                }
                throw e;
            }
            return "compacted " + chosen.size() + " files into " + made.size() + " (" + rows.rows() + " rows)";
        } catch (IOException | UncheckedIOException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_IO, "Cannot compact " + files.table().name() + ": " + e.getMessage(), e);
        }
    }

    private static RewriteFiles update(Table table, TableMetadata base, List<LiveFile> chosen, List<DataFile> made) {
        RewriteFiles rewrite =
                table.newRewrite().validateFromSnapshot(base.currentSnapshot().snapshotId());
        for (LiveFile file : chosen) {
            rewrite.deleteFile(file.file());
            if (ContentFileUtil.containsSingleDV(file.deletes())) {
                rewrite.deleteFile(file.deletes().get(0));
            }
        }
        made.forEach(rewrite::addFile);
        return rewrite;
    }
}
