package io.tidemark.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.TidemarkException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsOfTest {
    private static final Instant NOW = Instant.parse("2026-11-20T08:31:00Z");

    @Test
    void readsTimesAgesAndCuts() {
        assertThat(AsOf.parse("5m", NOW).time()).contains(Instant.parse("2026-11-20T08:26:00Z"));
        assertThat(AsOf.parse("2026-11-20T08:00:00Z", NOW).time()).contains(Instant.parse("2026-11-20T08:00:00Z"));
        assertThat(AsOf.parse("2026-11-20 09:00:00+01:00".replace(' ', 'T'), NOW)
                        .time())
                .contains(Instant.parse("2026-11-20T08:00:00Z"));
        assertThat(AsOf.parse("2026-11-20 08:00", NOW).time()).contains(Instant.parse("2026-11-20T08:00:00Z"));
        assertThat(AsOf.parse("cut:42", NOW).slice()).contains(42L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "cut:", "cut:x", "", "5 parsecs"})
    void refusesOtherTexts(String text) {
        assertThatThrownBy(() -> AsOf.parse(text, NOW))
                .isInstanceOf(TidemarkException.class)
                .hasMessageContaining("--as-of");
    }
}
