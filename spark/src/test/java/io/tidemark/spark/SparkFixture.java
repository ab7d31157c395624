package io.tidemark.spark;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CommitFault;
import io.tidemark.testkit.lake.ForwardingLake;
import io.tidemark.testkit.lake.LakeFeature;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.Transform;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A lake of another fixture, whose tables with a key are applied to on Spark, or here without an index. */
final class SparkFixture implements LakeFixture {
    private final LakeFixture format;
    private final @Nullable ApplyLimits limits;

    private SparkFixture(LakeFixture format, @Nullable ApplyLimits limits) {
        this.format = format;
        this.limits = limits;
    }

    static SparkFixture onSpark(LakeFixture format, ApplyMemory memory) {
        return new SparkFixture(format, new ApplyLimits(64L << 20, memory == ApplyMemory.TIGHT ? 7 : 1 << 18));
    }

    static SparkFixture withoutIndex(LakeFixture format) {
        return new SparkFixture(format, null);
    }

    @Override
    public Lake lake() {
        return new SparkLake(format.lake());
    }

    @Override
    public void crash() {
        format.crash();
    }

    @Override
    public void crashAndMove() {
        format.crashAndMove();
    }

    @Override
    public List<List<@Nullable String>> fileRows(PinnedTable pinned, PinnedFile file) {
        return format.fileRows(pinned, file);
    }

    @Override
    public Set<CommitFault> faults() {
        return format.faults();
    }

    @Override
    public void failNext(CommitFault fault) {
        format.failNext(fault);
    }

    @Override
    public Set<LakeFeature> lacks() {
        return format.lacks();
    }

    @Override
    public boolean holds(ColumnType type) {
        return format.holds(type);
    }

    @Override
    public boolean holds(ColumnType type, String value) {
        return format.holds(type, value);
    }

    @Override
    public boolean holdsConstant(ColumnType type, String value) {
        return format.holdsConstant(type, value);
    }

    @Override
    public boolean partitions(Transform transform, ColumnType type) {
        return format.partitions(transform, type);
    }

    @Override
    public boolean holdsInPartition(ColumnType type, String value) {
        return format.holdsInPartition(type, value);
    }

    @Override
    public int simulatedSlices() {
        return format.simulatedSlices();
    }

    @Override
    public Instant instantBetweenCommits() {
        return format.instantBetweenCommits();
    }

    @Override
    public void close() {
        format.close();
    }

    private final class SparkLake extends ForwardingLake {
        SparkLake(Lake lake) {
            super(lake);
        }

        @Override
        protected LakeTable seen(LakeTable table) {
            return new SparkTable(table, limits);
        }
    }
}
