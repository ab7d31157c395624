package io.tidemark.lake.delta.schema;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A partition column of a Delta table.
 *
 * @param name name of the column
 * @param physicalName its name in the log
 * @param source place of the column whose values it tells, which is itself for {@link Unit#VALUE}
 * @param unit what it tells of them
 */
public record PartitionField(String name, String physicalName, int source, Unit unit) implements Serializable {
    /** Values are in the log, once for each file. */
    private static final int TEXT_LENGTH_MAX = 1000;

    /** What a partition column tells. */
    public enum Unit {
        VALUE,
        YEAR,
        MONTH,
        DAY,
        HOUR
    }

    /**
     * The row's value as it is in the log. Source: Delta transaction protocol, section "Partition Value Serialization".
     *
     * @throws TidemarkException {@code PARTITION_INVALID} for a value that readers would take for another one
     */
    public @Nullable String value(ColumnVector vector, int row) {
        if (!vector.isPresent(row)) {
            return null;
        }
        if (unit == Unit.VALUE) {
            return plain(vector, row);
        }
        LocalDateTime time = time(vector, row);
        String date = time.toLocalDate().toString();
        String month = date.substring(0, date.lastIndexOf('-'));
        return switch (unit) {
            case YEAR -> month.substring(0, month.lastIndexOf('-'));
            case MONTH -> month;
            case DAY, VALUE -> date;
            case HOUR -> date + (time.getHour() < 10 ? "-0" : "-") + time.getHour();
        };
    }

    private String plain(ColumnVector vector, int row) {
        ColumnType type = vector.type();
        if (vector instanceof BooleanVector values) {
            return Boolean.toString(values.value(row));
        } else if (vector instanceof IntVector values) {
            return type.kind() == ColumnType.Kind.DATE ? date(values.value(row)) : Integer.toString(values.value(row));
        } else if (vector instanceof LongVector values) {
            return type.kind() == ColumnType.Kind.DECIMAL
                    ? BigDecimal.valueOf(values.value(row), type.scale()).toPlainString()
                    : Long.toString(values.value(row));
        }
        BytesVector values = (BytesVector) vector;
        return type.kind() == ColumnType.Kind.DECIMAL
                ? new BigDecimal(new BigInteger(values.bytes(row)), type.scale()).toPlainString()
                : text(values.text(row));
    }

    private String date(int days) {
        LocalDate date = LocalDate.ofEpochDay(days);
        if (!DeltaDates.isSafe(date)) {
            throw refused("a date before 1582-10-15 or after 9999-12-31, which readers take for another one or none");
        }
        return date.toString();
    }

    private String text(String text) {
        if (text.isEmpty()) {
            throw refused("an empty text, which Delta takes for null");
        }
        if (text.length() > TEXT_LENGTH_MAX) {
            throw refused("a text longer than " + TEXT_LENGTH_MAX + " characters");
        }
        return text;
    }

    private TidemarkException refused(String value) {
        return new TidemarkException(
                ErrorCode.PARTITION_INVALID,
                "Cannot write a row into its partition: the partition column holds " + value + " (column=" + name + ")",
                "Partition by another column, or not at all; then run 'tidemark resync TABLE'.",
                null);
    }

    private static LocalDateTime time(ColumnVector vector, int row) {
        return vector instanceof IntVector dates
                ? LocalDate.ofEpochDay(dates.value(row)).atStartOfDay()
                : LocalDateTime.ofInstant(
                        Instant.EPOCH.plus(((LongVector) vector).value(row), ChronoUnit.MICROS), ZoneOffset.UTC);
    }
}
