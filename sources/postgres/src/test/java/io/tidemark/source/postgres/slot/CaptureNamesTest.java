package io.tidemark.source.postgres.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CaptureNamesTest {
    @Test
    void namesAreThePipelinesWhenTheyCanBe() {
        assertThat(CaptureNames.defaultName("demo")).isEqualTo("tidemark_demo");
        assertThat(CaptureNames.defaultName("orders-EU")).isEqualTo("tidemark_orders_eu");
        assertThat(new CaptureNames("demo", "s", "p").publications()).containsExactly("p", "p_inserts");
    }

    @Test
    void namesThatHadToBeChangedStayApart() {
        assertThat(CaptureNames.defaultName("a.b"))
                .matches("tidemark_a_b_[0-9a-f]{8}")
                .isNotEqualTo(CaptureNames.defaultName("a b"));
        String one = CaptureNames.defaultName("x".repeat(100) + "1");
        String two = CaptureNames.defaultName("x".repeat(100) + "2");
        assertThat(one).hasSize(55).isNotEqualTo(two);
        assertThat(new CaptureNames("p", one, one).insertsPublication()).hasSize(63);
    }

    @Test
    void refusesNamesThatPostgresWouldRefuseOrCut() {
        assertThatThrownBy(() -> new CaptureNames("p", "Slot", "p")).hasMessage("must hold 1 to 63 of a-z, 0-9 and _");
        assertThatThrownBy(() -> new CaptureNames("p", "slot", "ü".repeat(28)))
                .hasMessage("must be 1 to 55 bytes long");
    }
}
