package io.tidemark.spark;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.spark.upsert.EventSource;
import io.tidemark.spark.upsert.TableUpsert;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.testkit.lake.ForwardingLakeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A table whose events are applied on Spark, or here without an index, if it has a key; all else is done by the table itself. */
final class SparkTable extends ForwardingLakeTable {
    private final LakeTable table;
    private final @Nullable ApplyLimits limits;

    /** @param limits of what tasks keep in memory; null to apply here */
    SparkTable(LakeTable table, @Nullable ApplyLimits limits) {
        super(table);
        this.table = table;
        this.limits = limits;
    }

    @Override
    public LakeApply beginApply(LakeProgress expected, long fence) {
        if (limits == null) {
            return table.beginApplyWithoutIndex(expected, fence);
        }
        return spec().schema().hasKey() ? new Apply(expected, fence, limits) : table.beginApply(expected, fence);
    }

    /** Keeps events until they are committed. A repair is not Spark's: it goes the way that it goes everywhere. */
    private final class Apply implements LakeApply {
        private final LakeProgress expected;
        private final long fence;
        private final ArrayList<ChangeBatch> batches = new ArrayList<>();
        private final TableUpsert upsert;
        private @Nullable LakeApply repair;

        Apply(LakeProgress expected, long fence, ApplyLimits bounds) {
            this.expected = expected;
            this.fence = fence;
            this.upsert = TableUpsert.begin(LocalSpark.context(), table, expected, fence, bounds)
                    .orElseThrow();
        }

        @Override
        public void add(ChangeBatch batch) {
            ChangeBatch copy = new ChangeBatch(batch.schema(), batch.size());
            for (int row = 0; row < batch.size(); row++) {
                copy.appendFrom(batch, row);
            }
            batches.add(copy);
        }

        @Override
        public void repair(ChangeBatch rows) {
            if (repair == null) {
                upsert.close();
                repair = table.beginApply(expected, fence);
            }
            repair.repair(rows);
        }

        @Override
        public ApplyResult commit(LakeProgress progress) {
            if (repair != null) {
                return repair.commit(progress);
            }
            return upsert.run(new Batches(batches), progress);
        }

        @Override
        public List<List<String>> missingKeys() {
            return upsert.missingKeys();
        }

        @Override
        public void close() {
            if (repair != null) {
                repair.close();
            } else {
                upsert.close();
            }
        }
    }

    /** One piece a batch, unless a BEFORE is parted from its UPDATE. */
    private static final class Batches implements EventSource {
        private static final long serialVersionUID = 1L;

        private final ArrayList<ArrayList<ChangeBatch>> pieces = new ArrayList<>();

        Batches(List<ChangeBatch> batches) {
            boolean isInsidePair = false;
            for (ChangeBatch batch : batches) {
                if (batch.isEmpty()) {
                    continue;
                }
                if (!isInsidePair) {
                    pieces.add(new ArrayList<>());
                }
                pieces.get(pieces.size() - 1).add(batch);
                isInsidePair = batch.operation(batch.size() - 1) == Operation.BEFORE;
            }
        }

        @Override
        public int pieces() {
            return pieces.size();
        }

        @Override
        public boolean hasKeyChanges() {
            return true;
        }

        /** Enough for many buckets. */
        @Override
        public long bytes() {
            return 64L << 20;
        }

        @Override
        public void read(int piece, Consumer<ChangeBatch> consumer) {
            pieces.get(piece).forEach(consumer);
        }
    }
}
