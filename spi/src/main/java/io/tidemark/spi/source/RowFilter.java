package io.tidemark.spi.source;

import java.util.List;

/**
 * Which rows of a table are mirrored: those that meet every one of the conditions, as SQL has it: a comparison with null is not met.
 *
 * <p>Text compares byte by byte in UTF-8, whatever the column's collation; {@code char(n)} without its padding. Numbers, dates and times compare
 * as the source orders them. Literals are text in the source's own notation.
 *
 * @param conditions the conditions; none for all rows
 */
public record RowFilter(List<ColumnCondition> conditions) {
    /** All rows. */
    public static final RowFilter ALL = new RowFilter(List.of());

    public RowFilter {
        conditions = List.copyOf(conditions);
    }

    public boolean isEmpty() {
        return conditions.isEmpty();
    }

    /**
     * What the value of one column must be: at least one of these.
     *
     * @param column name of the column; it may be one that is left out of the mirror
     * @param anyOf the alternatives, at least one
     */
    public record ColumnCondition(String column, List<Comparison> anyOf) {
        public ColumnCondition {
            anyOf = List.copyOf(anyOf);
            if (anyOf.isEmpty()) {
                throw new IllegalArgumentException("Cannot make a condition of no comparison (column=" + column + ")");
            }
        }
    }

    /**
     * One comparison of the column's value.
     *
     * @param operator how to compare
     * @param literals as many as the operator takes
     */
    public record Comparison(Operator operator, List<String> literals) {
        public Comparison {
            literals = List.copyOf(literals);
            if (literals.size() != operator.literals()) {
                throw new IllegalArgumentException("Cannot compare: " + operator + " takes " + operator.literals()
                        + " values (found=" + literals.size() + ")");
            }
        }
    }

    /** How a value is compared. */
    public enum Operator {
        EQUAL(1),
        NOT_EQUAL(1),
        LESS(1),
        LESS_OR_EQUAL(1),
        GREATER(1),
        GREATER_OR_EQUAL(1),
        /** From the first literal to the second, both included. */
        BETWEEN(2),
        /** Below the first literal or above the second. */
        NOT_BETWEEN(2),
        NULL(0),
        NOT_NULL(0);

        private final int literals;

        Operator(int literals) {
            this.literals = literals;
        }

        /** How many literals it takes. */
        public int literals() {
            return literals;
        }
    }
}
