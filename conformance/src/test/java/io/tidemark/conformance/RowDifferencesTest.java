package io.tidemark.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowDifferencesTest {
    @Test
    void countsRowsAndTellsNullFromText() {
        List<List<String>> database =
                List.of(List.of("1", "a"), List.of("2", "b"), List.of("2", "b"), Arrays.asList("3", null));
        List<List<String>> mirror = List.of(List.of("2", "b"), List.of("1", "a"), List.of("3", "null"));
        assertThat(RowDifferences.between(database, mirror))
                .containsExactly(
                        "only in the database: ['2', 'b']",
                        "only in the database: ['3', null]",
                        "only in the mirror: ['3', 'null']");
        assertThat(RowDifferences.between(database, database)).isEmpty();
    }
}
