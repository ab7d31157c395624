package io.tidemark.engine.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.engine.mirror.NameChange.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameChangeTest {
    @ParameterizedTest
    @CsvSource({
        "RENAME, b, '', a, b",
        "ADD_PREFIX, x_, '', a, x_a",
        "ADD_SUFFIX, _x, '', a, a_x",
        "REMOVE_PREFIX, t_, '', t_a, a",
        "REMOVE_PREFIX, t_, '', a, a",
        "REMOVE_PREFIX, t_, '', t_, t_",
        "REMOVE_SUFFIX, _t, '', a_t, a",
        "REMOVE_SUFFIX, _t, '', _t, _t",
        "REPLACE_PREFIX, new_, old_, old_a, new_a",
        "REPLACE_PREFIX, new_, old_, a_old_, a_old_",
        "REPLACE_PREFIX, new, old, old, new",
        "REPLACE_SUFFIX, _b, _a, x_a, x_b",
        "LOWERCASE, '', '', ÀB_c, àb_c",
        "UPPERCASE, '', '', àb_C, ÀB_C",
    })
    void changes(Action action, String value, String replaced, String name, String expected) {
        assertThat(new NameChange(action, value, replaced).apply(name)).isEqualTo(expected);
    }

    @Test
    void aNameIsNeverMadeEmpty() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NameChange(Action.RENAME, ""));
    }
}
