package io.tidemark.cli.output;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values of a query result as text and as JSON, exactly. Decimals are plain; times are ISO 8601 with up to six decimals, those with a zone in
 * UTC; bytes are {@code \x} and hexadecimal digits.
 */
final class ValueText {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(TIME)
            .toFormatter(Locale.ROOT);

    private ValueText() {}

    /** The value as one text. */
    static String of(Object value) {
        Object plain = plain(value);
        return plain instanceof List<?> || plain instanceof Map<?, ?> ? JsonText.line(plain) : plain.toString();
    }

    /**
     * The value as {@link JsonText} takes it. Decimals, and integers beyond 64 bits, stay exact as text; NaN and infinities are text too.
     */
    static @Nullable Object json(@Nullable Object value) {
        return value == null ? null : plain(value);
    }

    private static Object plain(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        } else if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        } else if (value instanceof LocalDateTime timestamp) {
            return TIMESTAMP.format(timestamp);
        } else if (value instanceof OffsetDateTime timestamp) {
            return TIMESTAMP.format(timestamp.withOffsetSameInstant(ZoneOffset.UTC)) + "Z";
        } else if (value instanceof Instant instant) {
            return TIMESTAMP.format(instant.atOffset(ZoneOffset.UTC)) + "Z";
        } else if (value instanceof LocalTime time) {
            return TIME.format(time);
        } else if (value instanceof List<?> list) {
            return list.stream().map(ValueText::json).collect(Collectors.toList());
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            map.forEach((key, inner) -> object.put(key == null ? "null" : of(key), json(inner)));
            return object;
        } else if (value instanceof Number || value instanceof Boolean) {
            return value;
        }
        return value.toString();
    }
}
