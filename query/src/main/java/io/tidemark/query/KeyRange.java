package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.DigestRequest;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The bounds of a request on the first key column, as SQL. */
final class KeyRange {
    private static final int DECIMAL_PRECISION_MAX = 38;

    private KeyRange() {}

    /**
     * The condition on the first key column, named by its place, or nothing when the request has no bounds.
     *
     * @throws TidemarkException {@code INVALID_ARGUMENT} when a bound is no value of the column, or there is no key
     */
    static Optional<String> sql(RowSchema schema, DigestRequest request) {
        if (request.from().isEmpty() && request.to().isEmpty()) {
            return Optional.empty();
        }
        if (!schema.hasKey()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read a range of the table: it has no key (table=" + schema.table() + ")");
        }
        int place = schema.keyIndexes()[0];
        Column column = schema.columns().get(place);
        StringBuilder condition = new StringBuilder();
        request.from()
                .ifPresent(from ->
                        condition.append('c').append(place).append(" >= ").append(literal(schema, column, from)));
        request.to()
                .ifPresent(to -> condition
                        .append(condition.isEmpty() ? "" : " AND ")
                        .append('c')
                        .append(place)
                        .append(" < ")
                        .append(literal(schema, column, to)));
        return Optional.of(condition.toString());
    }

    private static String literal(RowSchema schema, Column column, String text) {
        try {
            return literal(column.type(), text.strip(), text);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read a range of the table: the bound is not of the key column's type (table="
                            + schema.table() + ", column=" + column.name() + ", type=" + column.type() + ")",
                    e);
        }
    }

    private static String literal(ColumnType type, String text, String untrimmed) {
        return switch (type.kind()) {
            case BOOLEAN -> bool(text);
            case INT32, INT64 -> "CAST(" + Long.parseLong(text) + " AS BIGINT)";
            case FLOAT32 -> "CAST('" + Float.parseFloat(floating(text)) + "' AS FLOAT)";
            case FLOAT64 -> "CAST('" + Double.parseDouble(floating(text)) + "' AS DOUBLE)";
            case DECIMAL -> decimal(type, new BigDecimal(text));
            case STRING -> Sql.text(untrimmed);
            case BYTES -> "unhex('" + hexadecimal(text) + "')";
            case UUID -> "CAST('" + UUID.fromString(text) + "' AS UUID)";
            case DATE ->
                "(DATE '1970-01-01' + CAST("
                        + Math.toIntExact(LocalDate.parse(text).toEpochDay()) + " AS INTEGER))";
            case TIME -> "CAST('" + LocalTime.parse(text).format(DateTimeFormatter.ISO_LOCAL_TIME) + "' AS TIME)";
            case TIMESTAMP -> "make_timestamp(" + micros(dateTime(text)) + ")";
            case TIMESTAMP_TZ -> "CAST(make_timestamp(" + micros(utc(text)) + ") AS TIMESTAMPTZ)";
            case LIST, STRUCT, MAP -> throw new IllegalArgumentException("a nested column is no key");
        };
    }

    private static String bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "t", "true" -> "true";
            case "f", "false" -> "false";
            default -> throw new IllegalArgumentException("not a truth value");
        };
    }

    /** Java also takes a type suffix, which is no part of a number in a database. */
    private static String floating(String text) {
        if (text.matches(".*[dDfF]")) {
            throw new IllegalArgumentException("not a number");
        }
        return text;
    }

    /** A bound between two values of the column stands for the upper one: what is at least the bound is at least that. */
    private static String decimal(ColumnType type, BigDecimal bound) {
        BigDecimal scaled = bound.setScale(type.scale(), RoundingMode.CEILING);
        if (scaled.precision() > DECIMAL_PRECISION_MAX) {
            throw new IllegalArgumentException("too many digits");
        }
        return "CAST('" + scaled.toPlainString() + "' AS DECIMAL(" + Math.max(scaled.precision(), type.precision())
                + "," + type.scale() + "))";
    }

    private static String hexadecimal(String text) {
        String digits = text.startsWith("\\x") || text.startsWith("0x") ? text.substring(2) : text;
        if (digits.length() % 2 != 0 || !digits.matches("[0-9A-Fa-f]*")) {
            throw new IllegalArgumentException("not hexadecimal");
        }
        return digits;
    }

    /** Without an offset the time is UTC. */
    private static LocalDateTime utc(String text) {
        String iso = text.replace(' ', 'T');
        if (iso.matches(".*T.*([zZ]|[+-]\\d{2}(:?\\d{2}){0,2})")) {
            String offset = iso.replaceFirst("([+-]\\d{2})$", "$1:00");
            return OffsetDateTime.parse(offset)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toLocalDateTime();
        }
        return dateTime(text);
    }

    /** {@code 2026-11-20 08:31:00.5}, also with {@code T}; a date alone is its midnight. */
    private static LocalDateTime dateTime(String text) {
        String iso = text.replace(' ', 'T');
        return iso.contains("T")
                ? LocalDateTime.parse(iso)
                : LocalDate.parse(iso).atStartOfDay();
    }

    private static long micros(LocalDateTime time) {
        LocalDateTime epoch = LocalDateTime.of(1970, 1, 1, 0, 0);
        return ChronoUnit.MICROS.between(epoch, time);
    }
}
