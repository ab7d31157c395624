package io.tidemark.engine.compare;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.DigestRequest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A range of the first key column. Texts and bytes are ordered by their bytes.
 *
 * @param column place of the column; -1 when there is no range
 * @param type its type
 * @param from least value, as canonical text
 * @param to what all values are below, as canonical text
 */
record KeyBounds(int column, ColumnType type, Optional<String> from, Optional<String> to) {
    private static final KeyBounds NONE = new KeyBounds(-1, ColumnType.BOOLEAN, Optional.empty(), Optional.empty());

    /** @throws TidemarkException {@code INVALID_ARGUMENT} when the table has no key, or a bound is no value of the column */
    static KeyBounds of(RowSchema schema, DigestRequest request) {
        if (request.from().isEmpty() && request.to().isEmpty()) {
            return NONE;
        }
        if (!schema.hasKey()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot compare a key range: the table has no key (table=" + schema.table() + ")");
        }
        int place = schema.keyIndexes()[0];
        Column column = schema.columns().get(place);
        try {
            return new KeyBounds(
                    place,
                    column.type(),
                    request.from().map(text -> bound(column.type(), text)),
                    request.to().map(text -> bound(column.type(), text)));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot compare a key range: a bound is not of the key column's type (table=" + schema.table()
                            + ", column=" + column.name() + ", type=" + column.type() + ")",
                    e);
        }
    }

    /** Whether a row, as canonical texts, is in the range. */
    boolean holds(List<@Nullable String> texts) {
        if (column < 0) {
            return true;
        }
        String text = texts.get(column);
        return text != null
                && from.map(bound -> compare(text, bound) >= 0).orElse(true)
                && to.map(bound -> compare(text, bound) < 0).orElse(true);
    }

    private int compare(String left, String right) {
        return switch (type.kind()) {
            case INT32, INT64, DECIMAL, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ ->
                new BigDecimal(left).compareTo(new BigDecimal(right));
            case FLOAT32 -> Float.compare(single(left), single(right));
            case FLOAT64 -> Double.compare(twofold(left), twofold(right));
            case STRING ->
                Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
            case BOOLEAN, BYTES, UUID, LIST, STRUCT, MAP -> left.compareTo(right);
        };
    }

    /** Both zeros are one value. */
    private static float single(String text) {
        return Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16)) + 0.0f;
    }

    private static double twofold(String text) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(text, 16)) + 0.0;
    }

    private static String bound(ColumnType type, String written) {
        String text = written.strip();
        return switch (type.kind()) {
            case BOOLEAN -> truth(text);
            case INT32, INT64, DECIMAL -> new BigDecimal(text).toPlainString();
            case FLOAT32 -> HexFormat.of().toHexDigits(Float.floatToIntBits(Float.parseFloat(text)));
            case FLOAT64 -> HexFormat.of().toHexDigits(Double.doubleToLongBits(Double.parseDouble(text)));
            case STRING -> written;
            case BYTES ->
                HexFormat.of().formatHex(HexFormat.of().parseHex(text.startsWith("\\x") ? text.substring(2) : text));
            case UUID -> UUID.fromString(text).toString();
            case DATE -> Long.toString(LocalDate.parse(text).toEpochDay());
            case TIME -> Long.toString(ChronoUnit.MICROS.between(LocalTime.MIDNIGHT, LocalTime.parse(text)));
            case TIMESTAMP -> micros(dateTime(text));
            case TIMESTAMP_TZ -> micros(utc(text));
            case LIST, STRUCT, MAP -> throw new IllegalArgumentException("a nested column is no key");
        };
    }

    private static String truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "t", "true" -> "t";
            case "f", "false" -> "f";
            default -> throw new IllegalArgumentException("not a truth value");
        };
    }

    /** Without an offset the time is UTC. */
    private static LocalDateTime utc(String text) {
        String iso = text.replace(' ', 'T');
        return iso.matches(".*T.*([zZ]|[+-]\\d{2}(:?\\d{2})?)")
                ? OffsetDateTime.parse(iso.replaceFirst("([+-]\\d{2})$", "$1:00"))
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime()
                : dateTime(text);
    }

    private static LocalDateTime dateTime(String text) {
        String iso = text.replace(' ', 'T');
        return iso.contains("T")
                ? LocalDateTime.parse(iso)
                : LocalDate.parse(iso).atStartOfDay();
    }

    private static String micros(LocalDateTime time) {
        return Long.toString(ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time));
    }
}
