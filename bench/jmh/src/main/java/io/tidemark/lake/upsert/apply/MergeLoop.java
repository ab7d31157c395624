package io.tidemark.lake.upsert.apply;

import io.tidemark.bench.loop.BankBatch;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Events of a slice folded into the latest row of each key; each key has two. */
@State(Scope.Thread)
public class MergeLoop {
    private static final int EVENTS = 30_000;
    private static final int BATCH = 1_000;

    private final KeyedRound round = new KeyedRound(new LakeTableSpec(BankBatch.SCHEMA, List.of(), DeleteMode.HARD));
    private ChangeBatch[] batches;

    @Setup
    public void make() {
        batches = new ChangeBatch[EVENTS / BATCH];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = BankBatch.of(BATCH, (long) i * BATCH * 7_919, 7_919, EVENTS / 2);
        }
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int events() {
        round.clear();
        for (ChangeBatch batch : batches) {
            for (int row = 0; row < batch.size(); row++) {
                round.insert(batch, row);
            }
        }
        return round.size();
    }
}
