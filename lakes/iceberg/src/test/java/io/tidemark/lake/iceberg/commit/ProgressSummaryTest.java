package io.tidemark.lake.iceberg.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProgressSummaryTest {
    @Test
    void chunksAreWrittenAsRangesAndReadBack() {
        assertThat(ProgressSummary.ranges(Set.of())).isEmpty();
        assertThat(ProgressSummary.ranges(Set.of(0))).isEqualTo("0");
        assertThat(ProgressSummary.ranges(Set.of(7, 0, 1, 2, 5, 4))).isEqualTo("0-2,4-5,7");
        for (Set<Integer> chunks : java.util.List.of(Set.<Integer>of(), Set.of(3), Set.of(1, 3, 4, 5, 900))) {
            assertThat(ProgressSummary.ordinals(ProgressSummary.ranges(chunks))).isEqualTo(new TreeSet<>(chunks));
        }
    }
}
