package io.tidemark.source.postgres.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockRangeTest {
    @Test
    void readsWhatItWrites() {
        assertThat(BlockRange.parse("0-")).isEqualTo(BlockRange.ALL).hasToString("0-");
        assertThat(BlockRange.parse("7-4294967295")).hasToString("7-4294967295");
        assertThat(BlockRange.parse("7-9").condition()).isEqualTo("ctid >= '(7,0)'::tid and ctid < '(9,0)'::tid");
        assertThat(BlockRange.parse("7-").condition()).isEqualTo("ctid >= '(7,0)'::tid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "7", "-9", "9-9", "9-7", "0-4294967296", "x-", "1-2' or true"})
    void refusesWhatIsNoRange(String text) {
        assertThatThrownBy(() -> BlockRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
