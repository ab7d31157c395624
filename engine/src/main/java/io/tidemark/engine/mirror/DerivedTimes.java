package io.tidemark.engine.mirror;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Kind;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Times that one column of a table holds, as columns of its mirror tell them: null where it is null, unchanged where it is unchanged. */
final class DerivedTimes {
    private static final Set<Kind> NUMBERS = EnumSet.of(Kind.INT32, Kind.INT64, Kind.DECIMAL, Kind.STRING);
    private static final Set<Kind> TIMES = EnumSet.of(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ);

    /** The greatest and the least of all microseconds mean infinity to some readers. */
    private static final long MICROS_MAX = Long.MAX_VALUE - 1;

    private final RowSchema source;
    private final int index;
    private final DerivedTime how;
    private final TimeText text;
    private final boolean isSoft;

    /**
     * Times of a column.
     *
     * @param index the column
     * @param isSoft whether rows stay in the mirror when they are deleted
     */
    DerivedTimes(RowSchema source, int index, DerivedTime how, boolean isSoft) {
        this.source = source;
        this.index = index;
        this.how = how;
        this.text = new TimeText(how);
        this.isSoft = isSoft;
    }

    /** Why a column of the type does not hold times so: the rest of a sentence. */
    static Optional<String> refusal(ColumnType type, DerivedTime how) {
        Kind kind = type.kind();
        if (how.format().isEmpty()) {
            return TIMES.contains(kind)
                    ? Optional.empty()
                    : Optional.of("is of type " + type + ": say its format, such as " + DerivedTime.SECONDS
                            + " or yyyy-MM-dd HH:mm:ss");
        }
        boolean fits = how.isNumber() ? NUMBERS.contains(kind) : kind == Kind.STRING;
        return fits ? Optional.empty() : Optional.of("is of type " + type + ", which has no format " + how.format());
    }

    /**
     * Appends the batch's times to a column of the mirror.
     *
     * @return rows of which the mirror needs the time, and whose value is none in the format; they are null in the column
     */
    BitSet append(ChangeBatch batch, ColumnVector to) {
        BitSet unfit = new BitSet();
        ColumnVector from = batch.column(index);
        DateTimeFormatter writer = how.isText() ? how.writer() : null;
        for (int row = 0; row < batch.size(); row++) {
            if (from.isUnchanged(row)) {
                to.appendUnchanged();
            } else if (!from.isPresent(row)) {
                to.appendNull();
            } else {
                try {
                    Instant time = time(from, row);
                    if (writer == null) {
                        ((LongVector) to).append(micros(time));
                    } else {
                        ((BytesVector) to).append(writer.format(time));
                    }
                } catch (DateTimeException | ArithmeticException e) {
                    appendUnfit(batch.operation(row), row, to, unfit);
                }
            }
        }
        return unfit;
    }

    /** A table without a key finds its old rows by all values; one with a key needs those of a deleted row if it stays, or if the update lacks them. */
    private void appendUnfit(Operation operation, int row, ColumnVector to, BitSet unfit) {
        boolean isNew = operation == Operation.INSERT || operation == Operation.UPDATE;
        boolean stays = operation == Operation.DELETE && isSoft && source.beforeImage() == BeforeImage.FULL;
        if (isNew || stays || !source.hasKey()) {
            unfit.set(row);
            to.appendNull();
        } else if (operation == Operation.BEFORE) {
            // An update that takes the value from here finds that it is nowhere.
            to.appendUnchanged();
        } else {
            to.appendNull();
        }
    }

    private Instant time(ColumnVector from, int row) {
        return switch (from.type().kind()) {
            case DATE ->
                LocalDate.ofEpochDay(((IntVector) from).value(row))
                        .atStartOfDay(how.zoneId())
                        .toInstant();
            case TIMESTAMP ->
                LocalDateTime.ofInstant(ofMicros(((LongVector) from).value(row)), ZoneOffset.UTC)
                        .atZone(how.zoneId())
                        .toInstant();
            case TIMESTAMP_TZ -> ofMicros(((LongVector) from).value(row));
            case STRING -> text.instant(((BytesVector) from).text(row));
            default -> text.instant(new BigDecimal(CanonicalText.text(from, row)));
        };
    }

    private static Instant ofMicros(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Whole microseconds: a time before the epoch belongs to the one that it is in. */
    private static long micros(Instant time) {
        long micros = Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
        if (micros > MICROS_MAX || micros < -MICROS_MAX) {
            throw new DateTimeException("out of range");
        }
        return micros;
    }
}
