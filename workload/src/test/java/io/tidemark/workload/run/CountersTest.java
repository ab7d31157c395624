package io.tidemark.workload.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CountersTest {
    @Test
    void countsChangesThatHitNoRowAsMissed() {
        List<ChangeKind> changes =
                List.of(ChangeKind.INSERT, ChangeKind.UPDATE, ChangeKind.UPDATE, ChangeKind.DELETE, ChangeKind.DELETE);
        Counters counters = new Counters();
        counters.addCommitted(changes, new int[] {1, 1, 0, 1, 0});
        WorkloadCounts counts = counters.read();
        assertThat(counts).isEqualTo(new WorkloadCounts(1, 0, 1, 1, 1, 2, 0, 0, 0, 0));
        assertThat(counts.changes()).isEqualTo(3);
    }
}
