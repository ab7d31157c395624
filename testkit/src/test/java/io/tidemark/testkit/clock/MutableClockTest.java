package io.tidemark.testkit.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MutableClockTest {
    @Test
    void standsStillUntilItIsMoved() {
        MutableClock clock = new MutableClock(Instant.EPOCH);
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
        clock.advance(Duration.ofSeconds(90));
        assertThat(clock.millis()).isEqualTo(90_000);
    }
}
