package io.tidemark.lake.upsert.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProgressTextTest {
    @Test
    void chunksAreWrittenAsRangesAndReadBack() {
        assertThat(ProgressText.ranges(Set.of())).isEmpty();
        assertThat(ProgressText.ranges(Set.of(0))).isEqualTo("0");
        assertThat(ProgressText.ranges(Set.of(7, 0, 1, 2, 5, 4))).isEqualTo("0-2,4-5,7");
        for (Set<Integer> chunks : java.util.List.of(Set.<Integer>of(), Set.of(3), Set.of(1, 3, 4, 5, 900))) {
            assertThat(ProgressText.ordinals(ProgressText.ranges(chunks))).isEqualTo(new TreeSet<>(chunks));
        }
    }
}
