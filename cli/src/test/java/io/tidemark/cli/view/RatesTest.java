package io.tidemark.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RatesTest {
    private final Rates rates = new Rates();
    private final Instant start = Instant.EPOCH;

    @Test
    void knowsASpeedFromTheSecondValueOn() {
        assertThat(rates.perSecond("a", start, 100)).isEmpty();
        assertThat(rates.perSecond("a", start.plusSeconds(2), 300)).hasValue(100.0);
    }

    @Test
    void looksBackTenSecondsOnly() {
        rates.perSecond("a", start, 0);
        for (int second = 1; second <= 60; second++) {
            rates.perSecond("a", start.plusSeconds(second), second * 10L);
        }

        assertThat(rates.perSecond("a", start.plusSeconds(61), 610 + 1_100).orElseThrow())
                .isBetween(109.0, 121.0);
    }

    @Test
    void startsAnewWhenACounterFalls() {
        rates.perSecond("a", start, 1_000);
        assertThat(rates.perSecond("a", start.plusSeconds(1), 10)).isEmpty();
        assertThat(rates.perSecond("a", start.plusSeconds(2), 20)).hasValue(10.0);
    }

    @Test
    void toleratesTwoValuesAtOneMoment() {
        rates.perSecond("a", start, 1);
        assertThat(rates.perSecond("a", start, 2)).isEmpty();
    }
}
