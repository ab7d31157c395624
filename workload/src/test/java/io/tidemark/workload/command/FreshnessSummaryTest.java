package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.workload.command.FreshnessLog.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreshnessSummaryTest {
    @Test
    void ranksWhatWasSeen() {
        List<Duration> seen = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            seen.add(Duration.ofMillis(i));
        }
        Collections.shuffle(seen, new Random(1));
        assertThat(Summary.of(seen))
                .contains(new Summary(200, Duration.ofMillis(100), Duration.ofMillis(198), Duration.ofMillis(200)));
    }

    @Test
    void oneLookIsAllPercentiles() {
        Duration only = Duration.ofMillis(7);
        assertThat(Summary.of(List.of(only))).contains(new Summary(1, only, only, only));
    }

    @Test
    void saysNothingWithoutALook() {
        assertThat(Summary.of(List.of())).isEmpty();
    }
}
