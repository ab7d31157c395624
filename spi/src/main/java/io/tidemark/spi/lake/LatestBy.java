package io.tidemark.spi.lake;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.Arrays;
import java.util.Optional;

/**
 * The column that tells which of two rows of a key is the later one, where the order of the changes is not to be trusted (pre-combine). A row with a
 * greater value wins, one with the same value wins over what came before it, and null is less than every value. A delete always wins, and forgets:
 * any row that comes after it is in. So what a mirror holds of a key depends on the changes alone, not on how they were cut into slices.
 */
public final class LatestBy {
    private final int column;

    private LatestBy(int column) {
        this.column = column;
    }

    /**
     * What the mirror's spec says; empty when the last change wins.
     *
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH} when the mirror has no such column, it has no order, or the mirror has no key
     */
    public static Optional<LatestBy> of(LakeTableSpec spec) {
        String name = spec.latestBy();
        if (name == null) {
            return Optional.empty();
        }
        RowSchema schema = spec.schema();
        int index = schema.indexOf(name);
        if (index < 0) {
            throw unfit(schema.table(), name, "there is no such column");
        }
        if (!schema.hasKey()) {
            throw unfit(schema.table(), name, "the table has no key");
        }
        Column column = schema.columns().get(index);
        boolean isOrdered = switch (column.type().kind()) {
            case INT32, INT64, DECIMAL, STRING, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> true;
            default -> false;
        };
        if (!isOrdered) {
            throw unfit(
                    schema.table(),
                    name,
                    "it must be a whole number, decimal, date, time, timestamp or text, and is " + column.type());
        }
        return Optional.of(new LatestBy(index));
    }

    /** Place of the column in the mirror's schema. */
    public int column() {
        return column;
    }

    /**
     * Whether a row is earlier than another one of its key. Text compares byte by byte.
     *
     * @param values the column, which holds the row
     * @param others the column, which holds the other row
     */
    public boolean isEarlier(ColumnVector values, int row, ColumnVector others, int other) {
        if (!values.isPresent(row) || !others.isPresent(other)) {
            return !values.isPresent(row) && others.isPresent(other);
        }
        if (values instanceof LongVector longs) {
            return longs.value(row) < ((LongVector) others).value(other);
        }
        if (values instanceof IntVector ints) {
            return ints.value(row) < ((IntVector) others).value(other);
        }
        return compare((BytesVector) values, row, (BytesVector) others, other) < 0;
    }

    /** An update came without some of its values: those of the row before it, which may be of an earlier one than the mirror has. */
    public static TidemarkException lacking(TableId table) {
        return new TidemarkException(
                ErrorCode.SOURCE_VALUE,
                "Cannot apply updates of " + table
                        + ": they leave columns unchanged, so that it is not known which row is the"
                        + " latest by its column",
                "Have the source send whole rows (in Postgres: ALTER TABLE ... REPLICA IDENTITY FULL), or take latest-by"
                        + " out of the table's rule, and run 'tidemark resync " + table + "'.",
                null);
    }

    private static int compare(BytesVector values, int row, BytesVector others, int other) {
        boolean isNegative = values.type().isWideDecimal() && values.data()[values.start(row)] < 0;
        boolean isOtherNegative = others.type().isWideDecimal() && others.data()[others.start(other)] < 0;
        if (isNegative != isOtherNegative) {
            return isNegative ? -1 : 1;
        }
        return Arrays.compareUnsigned(
                values.data(),
                values.start(row),
                values.end(row),
                others.data(),
                others.start(other),
                others.end(other));
    }

    private static TidemarkException unfit(TableId table, String column, String reason) {
        return new TidemarkException(
                ErrorCode.LAKE_SCHEMA_MISMATCH,
                "Cannot tell the latest row of a key in the mirror of " + table + " by column " + column + ": "
                        + reason,
                "Correct latest-by in the table's rule, start the pipeline again, and run 'tidemark resync " + table
                        + "'.",
                null);
    }
}
