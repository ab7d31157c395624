package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.RoutedRows.Target;
import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeProgress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hudi.common.model.FileSlice;

/** Upsert of a table with a key: events are folded by key as they come; on commit keys are looked up, rows completed, and file groups written. */
public final class KeyedApply extends MirrorApply {
    private final RowCodec codec;
    private final RowSpill<Pending> rows;
    private final KeyedFold fold;
    private List<List<String>> missingKeys = List.of();

    public KeyedApply(TableCommits commits, LakeProgress expected, long fence, WriteOptions options, Runnable onEnd) {
        super(commits, expected, fence, options, onEnd);
        this.codec = new RowCodec(commits.stored());
        this.rows = new RowSpill<>(options.spill(), options.memoryBytes(), Pending.CODEC);
        this.fold = new KeyedFold(commits.stored(), codec, rows, commits.ordering());
    }

    @Override
    void take(ChangeBatch batch, int row) {
        switch (batch.operation(row)) {
            case INSERT -> fold.insert(batch, row);
            case UPDATE -> fold.update(batch, row);
            case DELETE -> fold.delete(batch, row);
            case BEFORE -> fold.before(batch, row);
            case TRUNCATE -> throw new IllegalStateException("Cannot take a truncate as an event of a key");
        }
    }

    @Override
    void truncate() {
        fold.clear();
    }

    @Override
    boolean isInsidePair() {
        return fold.isInsidePair();
    }

    @Override
    public List<List<String>> missingKeys() {
        return missingKeys;
    }

    @Override
    Written write(OpenCommit open, List<FileSlice> live) {
        if (rows.isEmpty()) {
            return Written.NOTHING;
        }
        KeySearch search = new KeySearch(
                commits().stored(), codec, open.files(), live, rows, options().index());
        search.locate(fold::isTouched);
        if (fold.isLacking()) {
            try {
                search.fill();
            } finally {
                missingKeys = search.missingKeys();
            }
        }
        try (RoutedRows routed = new RoutedRows(options().spill(), options().memoryBytes())) {
            rows.forEach(row -> route(row, routed));
            return new Written(new FileGroups(open, codec, live).write(routed), Map.of());
        }
    }

    private void route(Pending row, RoutedRows routed) {
        if (row.isLacking()) {
            // The soft delete of a row that the mirror does not have.
            return;
        }
        String fileId = row.fileId();
        String oldPartition = row.oldPartition();
        if (row.isDelete()) {
            if (fileId != null && oldPartition != null) {
                routed.add(new Target(oldPartition, fileId), row);
                countDeleted();
            }
            return;
        }
        String partition = Objects.requireNonNull(row.partition());
        countUpserted();
        if (fileId == null || oldPartition == null) {
            routed.add(new Target(partition, ""), row);
            return;
        }
        countDeleted();
        if (oldPartition.equals(partition)) {
            routed.add(new Target(partition, fileId), row);
        } else {
            routed.add(new Target(oldPartition, fileId), Pending.delete(row.key(), oldPartition));
            routed.add(new Target(partition, ""), row);
        }
    }

    @Override
    void release() {
        rows.close();
    }
}
