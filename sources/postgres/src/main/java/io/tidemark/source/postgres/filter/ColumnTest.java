package io.tidemark.source.postgres.filter;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The condition on one column, ready to be put to values and to SQL. Immutable. */
public final class ColumnTest {
    private final String column;
    private final Alternative[] comparisons;
    private final boolean acceptsNull;
    private final boolean acceptsAny;
    private final String sql;

    /** One comparison with its literals. */
    record Alternative(Operator operator, List<Literal> literals) {
        Alternative {
            literals = List.copyOf(literals);
        }

        private boolean accepts(byte[] buffer, int offset, int length) {
            int first = literals.get(0).compare(buffer, offset, length);
            return switch (operator) {
                case EQUAL -> first == 0;
                case NOT_EQUAL -> first != 0;
                case LESS -> first < 0;
                case LESS_OR_EQUAL -> first <= 0;
                case GREATER -> first > 0;
                case GREATER_OR_EQUAL -> first >= 0;
                case BETWEEN -> first >= 0 && literals.get(1).compare(buffer, offset, length) <= 0;
                case NOT_BETWEEN -> first < 0 || literals.get(1).compare(buffer, offset, length) > 0;
                case NULL, NOT_NULL -> throw new IllegalStateException("Cannot compare a value with null");
            };
        }
    }

    /**
     * A condition.
     *
     * @param expression SQL for the column's value as it is compared; of no concern when it is only held against null
     */
    ColumnTest(String column, List<Alternative> alternatives, String expression) {
        this.column = column;
        List<Alternative> others = new ArrayList<>();
        StringJoiner any = new StringJoiner(" or ", "(", ")");
        boolean isNull = false;
        boolean isNotNull = false;
        for (Alternative alternative : alternatives) {
            switch (alternative.operator()) {
                case NULL -> isNull = true;
                case NOT_NULL -> isNotNull = true;
                default -> others.add(alternative);
            }
            any.add(sql(column, alternative, expression));
        }
        this.comparisons = others.toArray(Alternative[]::new);
        this.acceptsNull = isNull;
        this.acceptsAny = isNotNull;
        this.sql = any.toString();
    }

    /** Name of the column. */
    public String column() {
        return column;
    }

    /** The condition as SQL. */
    public String sql() {
        return sql;
    }

    public boolean acceptsNull() {
        return acceptsNull;
    }

    /** Whether the condition is met by every value but null. */
    public boolean acceptsAny() {
        return acceptsAny;
    }

    /** Whether it takes the value to decide; else it is enough to know that there is one. */
    public boolean asksValue() {
        return !acceptsAny && comparisons.length > 0;
    }

    /**
     * Whether a value meets the condition.
     *
     * @param buffer holds the value in the binary form of its type's send function
     */
    public boolean accepts(byte[] buffer, int offset, int length) {
        if (acceptsAny) {
            return true;
        }
        for (Alternative alternative : comparisons) {
            if (alternative.accepts(buffer, offset, length)) {
                return true;
            }
        }
        return false;
    }

    /** IS NULL would also be true for a row of nulls. */
    private static String sql(String column, Alternative alternative, String expression) {
        List<Literal> literals = alternative.literals();
        String quoted = TableId.quote(column);
        return switch (alternative.operator()) {
            case EQUAL -> expression + " = " + literals.get(0).sql();
            case NOT_EQUAL -> expression + " <> " + literals.get(0).sql();
            case LESS -> expression + " < " + literals.get(0).sql();
            case LESS_OR_EQUAL -> expression + " <= " + literals.get(0).sql();
            case GREATER -> expression + " > " + literals.get(0).sql();
            case GREATER_OR_EQUAL -> expression + " >= " + literals.get(0).sql();
            case BETWEEN ->
                "(" + expression + " >= " + literals.get(0).sql() + " and " + expression + " <= "
                        + literals.get(1).sql() + ")";
            case NOT_BETWEEN ->
                "(" + expression + " < " + literals.get(0).sql() + " or " + expression + " > "
                        + literals.get(1).sql() + ")";
            case NULL -> quoted + " is not distinct from null";
            case NOT_NULL -> quoted + " is distinct from null";
        };
    }
}
