package io.tidemark.testkit.lake;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.RowSchema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Another table, of which some calls are done in another way. */
public abstract class ForwardingLakeTable implements LakeTable {
    private final LakeTable table;

    protected ForwardingLakeTable(LakeTable table) {
        this.table = table;
    }

    @Override
    public LakeTableSpec spec() {
        return table.spec();
    }

    @Override
    public LakeProgress progress() {
        return table.progress();
    }

    @Override
    public LakeProgress beginLoad(String loadId, long fence) {
        return table.beginLoad(loadId, fence);
    }

    @Override
    public ChunkWriter openChunk(int ordinal) {
        return table.openChunk(ordinal);
    }

    @Override
    public LakeProgress finishLoad(LakeProgress progress) {
        return table.finishLoad(progress);
    }

    @Override
    public LakeApply beginApply(LakeProgress expected, long fence) {
        return table.beginApply(expected, fence);
    }

    @Override
    public LakeApply beginApplyWithoutIndex(LakeProgress expected, long fence) {
        return table.beginApplyWithoutIndex(expected, fence);
    }

    @Override
    public void evolve(RowSchema next, long fence) {
        table.evolve(next, fence);
    }

    @Override
    public Optional<String> maintain(long fence, List<Long> keep) {
        return table.maintain(fence, keep);
    }

    @Override
    public Optional<LakeRewrite> planRewrite() {
        return table.planRewrite();
    }

    @Override
    public Optional<String> commitRewrite(LakeRewrite rewrite, long fence) {
        return table.commitRewrite(rewrite, fence);
    }

    @Override
    public PinnedTable pin() {
        return table.pin();
    }

    @Override
    public Optional<PinnedTable> pin(long version) {
        return table.pin(version);
    }

    @Override
    public Optional<PinnedTable> pinAsOf(Instant time) {
        return table.pinAsOf(time);
    }

    @Override
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        table.readAll(pinned, consumer);
    }

    @Override
    public void close() {
        table.close();
    }
}
