package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Appends values to vectors, exactly or not at all ({@link ColumnChoices}). */
final class VectorValues {
    /** A number of so many digits comes back from the double next to it; DynamoDB's are no smaller and no larger than normal doubles. */
    static final int DOUBLE_DIGITS = 15;

    private VectorValues() {}

    /**
     * Appends a value.
     *
     * @throws MisfitException when the vector's type cannot hold it; the vector may then be left with a part of it
     */
    static void append(ColumnVector out, @Nullable AttributeValue value) {
        if (value == null || Attributes.isAbsent(value)) {
            out.appendNull();
            return;
        }
        ColumnType type = out.type();
        switch (type.kind()) {
            case BOOLEAN ->
                ((BooleanVector) out).append(of(AttributeValue.Type.BOOL, value).bool());
            case INT32 -> ((IntVector) out).append(narrow(whole(value)));
            case INT64 -> ((LongVector) out).append(whole(value));
            case FLOAT32 -> throw new MisfitException("no value is carried so");
            case FLOAT64 -> ((DoubleVector) out).append(twofold(number(value)));
            case DECIMAL -> appendDecimal(out, number(value));
            case STRING -> ((BytesVector) out).append(JsonText.plain(value));
            case BYTES ->
                ((BytesVector) out).append(of(AttributeValue.Type.B, value).b().asByteArrayUnsafe());
            case UUID ->
                ((BytesVector) out).append(uuid(of(AttributeValue.Type.S, value).s()));
            case DATE ->
                ((IntVector) out)
                        .append((int) day(of(AttributeValue.Type.S, value).s()));
            case TIME ->
                ((LongVector) out).append(time(of(AttributeValue.Type.S, value).s()));
            case TIMESTAMP ->
                ((LongVector) out)
                        .append(timestamp(of(AttributeValue.Type.S, value).s()));
            case TIMESTAMP_TZ -> ((LongVector) out).append(instant(value));
            case LIST -> appendList((ListVector) out, ItemOrder.elements(value));
            case STRUCT ->
                appendStruct(
                        (StructVector) out, of(AttributeValue.Type.M, value).m());
            case MAP ->
                ((ListVector) out).appendMap(of(AttributeValue.Type.M, value).m(), VectorValues::append);
        }
    }

    private static void appendList(ListVector out, List<AttributeValue> elements) {
        out.begin();
        elements.forEach(element -> append(out.element(), element));
    }

    private static void appendStruct(StructVector out, Map<String, AttributeValue> members) {
        out.begin();
        List<Field> fields = out.type().fields();
        int found = 0;
        for (int i = 0; i < fields.size(); i++) {
            AttributeValue member = members.get(fields.get(i).name());
            append(out.field(i), member);
            found += Attributes.isAbsent(member) ? 0 : 1;
        }
        if (members.values().stream()
                        .filter(member -> !Attributes.isAbsent(member))
                        .count()
                > found) {
            throw new MisfitException("it has a member that is no field of the struct");
        }
    }

    private static AttributeValue of(AttributeValue.Type type, AttributeValue value) {
        if (value.type() != type) {
            throw new MisfitException("it is not of type " + type);
        }
        return value;
    }

    private static BigDecimal number(AttributeValue value) {
        try {
            return new BigDecimal(of(AttributeValue.Type.N, value).n());
        } catch (NumberFormatException e) {
            throw new MisfitException("the number cannot be read");
        }
    }

    private static long whole(AttributeValue value) {
        String text = of(AttributeValue.Type.N, value).n();
        if (isShortInteger(text)) {
            return Long.parseLong(text);
        }
        BigInteger whole = unscaled(number(value), 19, 0);
        if (whole.bitLength() > 63) {
            throw new MisfitException("the number is out of range");
        }
        return whole.longValue();
    }

    /** Whether the text is an integer of so few digits that a long holds it. */
    private static boolean isShortInteger(String text) {
        int first = text.startsWith("-") ? 1 : 0;
        for (int i = first; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > first && text.length() <= ColumnType.LONG_DECIMAL_PRECISION_MAX;
    }

    private static int narrow(long whole) {
        if (whole != (int) whole) {
            throw new MisfitException("the number is out of range");
        }
        return (int) whole;
    }

    private static double twofold(BigDecimal number) {
        double nearest = number.doubleValue();
        boolean isExact = Double.isFinite(nearest)
                && (number.stripTrailingZeros().precision() <= DOUBLE_DIGITS
                        || new BigDecimal(nearest).compareTo(number) == 0);
        if (!isExact) {
            throw new MisfitException("the number has digits that a double loses");
        }
        return nearest;
    }

    private static void appendDecimal(ColumnVector out, BigDecimal number) {
        BigInteger unscaled =
                unscaled(number, out.type().precision(), out.type().scale());
        if (out.type().isWideDecimal()) {
            ((BytesVector) out).append(unscaled);
        } else {
            ((LongVector) out).append(unscaled.longValue());
        }
    }

    /** The number times ten to the scale, when that is whole and has no more digits than the precision. */
    private static BigInteger unscaled(BigDecimal number, int precision, int scale) {
        BigDecimal stripped = number.stripTrailingZeros();
        if (stripped.scale() > scale) {
            throw new MisfitException("the number has too many digits after the point");
        }
        // Before anything is computed: an exponent can stand for any number of zeros.
        if ((long) stripped.precision() - stripped.scale() > precision - scale && stripped.signum() != 0) {
            throw new MisfitException("the number is out of range");
        }
        return stripped.setScale(scale).unscaledValue();
    }

    private static byte[] uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return ByteBuffer.allocate(16)
                        .putLong(uuid.getMostSignificantBits())
                        .putLong(uuid.getLeastSignificantBits())
                        .array();
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new MisfitException("the text is no UUID");
    }

    private static long day(String text) {
        return parsed(text, IsoText.DATE, LocalDate::parse).toEpochDay();
    }

    private static long time(String text) {
        LocalTime time = parsed(text, IsoText.TIME, LocalTime::parse);
        return micros(time.toSecondOfDay(), time.get(ChronoField.NANO_OF_SECOND));
    }

    private static long timestamp(String text) {
        LocalDateTime time = parsed(text, IsoText.TIMESTAMP, LocalDateTime::parse);
        return micros(time.toEpochSecond(ZoneOffset.UTC), time.get(ChronoField.NANO_OF_SECOND));
    }

    private static long instant(AttributeValue value) {
        if (value.type() == AttributeValue.Type.N) {
            BigInteger micros = unscaled(number(value), 18, 6);
            long since = micros.longValue();
            if (since < IsoText.MICROS_LEAST || since >= IsoText.MICROS_END) {
                throw new MisfitException("the number of seconds is out of range");
            }
            return since;
        }
        OffsetDateTime time = parsed(of(AttributeValue.Type.S, value).s(), IsoText.TIMESTAMP_TZ, OffsetDateTime::parse);
        return micros(time.toEpochSecond(), time.get(ChronoField.NANO_OF_SECOND));
    }

    private static long micros(long seconds, int nanos) {
        if (nanos % 1_000 != 0) {
            throw new MisfitException("the time has more digits than microseconds");
        }
        return seconds * 1_000_000 + nanos / 1_000;
    }

    private static <T> T parsed(String text, Pattern form, Function<String, T> parser) {
        try {
            if (form.matcher(text).matches()) {
                return parser.apply(text);
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw new MisfitException("the text is no date or time of that form");
    }
}
