package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnIdsTest {
    @Test
    void aNameHasTheSameIdForever() {
        assertThat(ColumnIds.of("id")).isEqualTo(1_230_877_118);
        assertThat(ColumnIds.of("Größe")).isEqualTo(1_699_192_262);
        assertThat(ColumnIds.of("order.total \uD83D\uDE00")).isEqualTo(2_039_054_824);
        assertThat(ColumnIds.of("x".repeat(65_535))).isGreaterThanOrEqualTo(ColumnIds.LEAST);
    }

    @Test
    void twoNamesOfOneIdAreRefused() {
        assertThatThrownBy(() -> ColumnIds.check(
                        Samples.TABLE,
                        List.of(
                                Samples.column("a10984", "string", "S"),
                                Samples.column("b", "string", "S"),
                                Samples.column("a19197", "string", "S"))))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_TYPE))
                .hasMessageContaining("a10984")
                .hasMessageContaining("a19197")
                .hasMessageContaining("dynamodb.orders");
    }
}
