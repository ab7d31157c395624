package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeProgress;
import java.util.List;
import java.util.Map;
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
        this.fold = new KeyedFold(commits.stored(), codec, rows);
    }

    @Override
    public void take(ChangeBatch batch, int row) {
        fold.take(batch, row);
    }

    @Override
    public void truncate() {
        fold.truncate();
    }

    @Override
    public boolean isInsidePair() {
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
        KeySearch search = new KeySearch(commits().stored(), codec, open.files(), live, rows);
        search.locate(fold::isTouched);
        if (fold.isUnsettled()) {
            search.settle();
            requireComplete();
        }
        try (RoutedRows routed = new RoutedRows(options().spill(), options().memoryBytes())) {
            rows.forEach(row -> row.route(routed::add));
            return new Written(new FileGroups(open, codec, live).write(routed), Map.of());
        }
    }

    private void requireComplete() {
        MissingKeys missing = new MissingKeys();
        rows.forEach(row -> {
            if (row.isLacking() && !row.isOptional()) {
                missing.add(row, spec().schema(), codec);
            }
        });
        missingKeys = missing.named();
        missing.requireNone(spec().schema().table());
    }

    @Override
    void release() {
        rows.close();
    }
}
