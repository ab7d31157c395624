package io.tidemark.source.postgres.snapshot;

import io.tidemark.source.postgres.connection.SqlText;
import io.tidemark.spi.schema.ColumnType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** SQL literals of values in canonical text ({@link io.tidemark.spi.verify.TableReading}). */
final class KeyLiterals {
    private static final long MICROS = 1_000_000L;

    private KeyLiterals() {}

    /**
     * The literal.
     *
     * @param typeName type of the column, as SQL
     * @throws IllegalArgumentException when the text is no value of the type; the message does not repeat it
     */
    static String literal(ColumnType type, String typeName, String text) {
        try {
            return switch (type.kind()) {
                case BOOLEAN, INT32, INT64, STRING, UUID -> cast(text, typeName);
                case DECIMAL -> SqlText.literal(text) + "::numeric::" + typeName;
                case FLOAT32 ->
                    cast(Float.toString(Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16))), typeName);
                case FLOAT64 ->
                    cast(Double.toString(Double.longBitsToDouble(Long.parseUnsignedLong(text, 16))), typeName);
                case BYTES -> cast("\\x" + text, typeName);
                case DATE -> cast(date(LocalDate.ofEpochDay(Integer.parseInt(text)), ""), typeName);
                case TIME ->
                    cast(time(LocalTime.ofNanoOfDay(Math.multiplyExact(Long.parseLong(text), 1000L))), typeName);
                case TIMESTAMP, TIMESTAMP_TZ -> cast(timestamp(Long.parseLong(text)), typeName);
                case LIST, STRUCT, MAP ->
                    throw new IllegalArgumentException("Cannot write a nested value: it is no key");
            };
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("Cannot read a value of type " + type, e);
        }
    }

    private static String cast(String text, String typeName) {
        return SqlText.literal(text) + "::" + typeName;
    }

    private static String timestamp(long micros) {
        LocalDateTime value = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, MICROS), (int) Math.floorMod(micros, MICROS) * 1000, ZoneOffset.UTC);
        // A type without time zone ignores the zone.
        return date(value.toLocalDate(), " " + time(value.toLocalTime()) + "+00");
    }

    private static String date(LocalDate date, String time) {
        int year = date.getYear();
        return String.format(
                Locale.ROOT,
                "%04d-%02d-%02d%s%s",
                year > 0 ? year : 1 - year,
                date.getMonthValue(),
                date.getDayOfMonth(),
                time,
                year > 0 ? "" : " BC");
    }

    private static String time(LocalTime time) {
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%06d",
                time.getHour(),
                time.getMinute(),
                time.getSecond(),
                time.getNano() / 1000);
    }
}
