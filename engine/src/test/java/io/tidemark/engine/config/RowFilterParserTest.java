package io.tidemark.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowFilterParserTest {
    private static ColumnCondition condition(String column, Operator operator, String... literals) {
        return new ColumnCondition(column, List.of(new Comparison(operator, List.of(literals))));
    }

    @Test
    void conditionsAreJoinedWithAnd() {
        assertThat(RowFilterParser.parse(
                                "region = 'it''s' AND \"Amount\" >= -1.5e3 and n between 1 and 5 and m not between 'a' and 'b'"
                                        + " and x is not null and y is null and ok = TRUE and z<>1 and z!=2 and z<3 and z<=4 and z>5")
                        .conditions())
                .containsExactly(
                        condition("region", Operator.EQUAL, "it's"),
                        condition("Amount", Operator.GREATER_OR_EQUAL, "-1.5e3"),
                        condition("n", Operator.BETWEEN, "1", "5"),
                        condition("m", Operator.NOT_BETWEEN, "a", "b"),
                        condition("x", Operator.NOT_NULL),
                        condition("y", Operator.NULL),
                        condition("ok", Operator.EQUAL, "true"),
                        condition("z", Operator.NOT_EQUAL, "1"),
                        condition("z", Operator.NOT_EQUAL, "2"),
                        condition("z", Operator.LESS, "3"),
                        condition("z", Operator.LESS_OR_EQUAL, "4"),
                        condition("z", Operator.GREATER, "5"));
    }

    @Test
    void comparisonsOfOneColumnAreJoinedWithOrInParentheses() {
        assertThat(RowFilterParser.parse(" ( status in ('a', 'b') or status is null ) ")
                        .conditions())
                .containsExactly(new ColumnCondition(
                        "status",
                        List.of(
                                new Comparison(Operator.EQUAL, List.of("a")),
                                new Comparison(Operator.EQUAL, List.of("b")),
                                new Comparison(Operator.NULL, List.of()))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a = 1 or a = 2           | joins with 'or'
            (a = 1 or b = 2)         | joins comparisons of two columns with 'or' (columns=a, b)
            a = b                    | must have a literal where 'b' stands
            1 = a                    | must have a column's name where '1' stands
            a like 'x'               | must have a comparison where 'like' stands
            a = 1 b                  | goes on behind its end, at 'b'
            a = 'x                   | cannot be read from ''x' on
            a = 1; drop table x      | cannot be read from '; drop table x' on
            a is 1                   | must have 'null' where '1' stands
            a between 1              | must have 'and' where '' stands
            (a = 1                   | must have ')' where '' stands
            `` | must have a column's name where '' stands
            """)
    void whatIsNoConditionIsRefused(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RowFilterParser.parse(text == null ? "" : text))
                .withMessageContaining(reason);
    }
}
