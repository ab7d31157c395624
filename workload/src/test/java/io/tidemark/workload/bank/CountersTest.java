package io.tidemark.workload.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CountersTest {
    @Test
    void countsChangesThatHitNoRowAsMissed() {
        Key key = new Key(1, 2);
        List<Change> changes = List.of(
                new Change.InsertTransaction(key, "entity", 1, true, null),
                new Change.UpdateTransaction(key, "note", 3),
                new Change.UpdateTransaction(key, "note", 3),
                new Change.DeleteTransaction(key),
                new Change.DeleteTransaction(key));
        Counters counters = new Counters();
        counters.addCommitted(changes, new int[] {1, 1, 0, 1, 0});
        WorkloadCounts counts = counters.read();
        assertThat(counts).isEqualTo(new WorkloadCounts(1, 0, 1, 1, 1, 2, 0, 0, 0, 0));
        assertThat(counts.changes()).isEqualTo(3);
    }
}
