package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Canonical text ({@link io.tidemark.spi.verify.TableReading}) of the rows that items are: the source's side of a comparison. It shares with
 * {@link ItemRows}, which makes what the mirror holds, the text of values in columns of strings, the order of
 * sets and the forms of dates and times ({@link IsoText}), and nothing else.
 *
 * <p>A value that its column cannot hold gets a text that no mirror has, so that it shows as a difference: {@code !} and the value in
 * DynamoDB JSON, if it can be written so.
 */
public final class ItemText {
    private static final String MISFIT = "!";
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final BigInteger MICROS_PER_SECOND = BigInteger.valueOf(1_000_000);

    private final RowSchema schema;
    private final @Nullable String document;
    private final List<Column> columns;
    private final boolean[] isJson;

    /**
     * Texts of rows of a schema.
     *
     * @param document as in {@link ItemRows}
     */
    public ItemText(RowSchema schema, @Nullable String document) {
        this.schema = schema;
        this.document = document;
        this.columns = schema.columns();
        this.isJson = new boolean[columns.size()];
        for (int i = 0; i < isJson.length; i++) {
            isJson[i] = ItemRows.isJson(columns.get(i));
        }
    }

    public RowSchema schema() {
        return schema;
    }

    /** Texts of all columns in schema order; null for null. The list is new for each call. */
    public List<@Nullable String> row(Map<String, AttributeValue> item) {
        List<@Nullable String> texts = new ArrayList<>(columns.size());
        for (int i = 0; i < isJson.length; i++) {
            String name = columns.get(i).name();
            AttributeValue value = item.get(name);
            if (name.equals(document)) {
                texts.add(documentText(item));
            } else if (value == null || Attributes.isAbsent(value)) {
                texts.add(null);
            } else {
                texts.add(text(columns.get(i).type(), isJson[i], value));
            }
        }
        return texts;
    }

    private static String text(ColumnType type, boolean isJson, AttributeValue value) {
        try {
            return isJson ? JsonText.json(value) : text(type, value);
        } catch (MisfitException | ArithmeticException | NumberFormatException | DateTimeException e) {
            return MISFIT + documentText(Map.of("value", value));
        }
    }

    private static String documentText(Map<String, AttributeValue> item) {
        try {
            return DynamoJson.text(item);
        } catch (MisfitException e) {
            return MISFIT;
        }
    }

    private static String text(ColumnType type, AttributeValue value) {
        return switch (type.kind()) {
            case BOOLEAN -> checked(value, AttributeValue.Type.BOOL).bool() ? "t" : "f";
            case INT32 -> Integer.toString(number(value).intValueExact());
            case INT64 -> Long.toString(number(value).longValueExact());
            case FLOAT32 -> throw new MisfitException("no value is carried so");
            case FLOAT64 -> twofold(checked(value, AttributeValue.Type.N).n());
            case DECIMAL -> decimal(type, number(value));
            case STRING -> JsonText.plain(value);
            case BYTES ->
                HexFormat.of()
                        .formatHex(checked(value, AttributeValue.Type.B).b().asByteArrayUnsafe());
            case UUID -> matched(UUID, value).group().toLowerCase(Locale.ROOT);
            case DATE -> Long.toString(day(matched(IsoText.DATE, value)));
            case TIME -> micros(matched(IsoText.TIME, value), 1, 0);
            case TIMESTAMP -> {
                Matcher parts = matched(IsoText.TIMESTAMP, value);
                yield micros(parts, 4, day(parts) * 86_400);
            }
            case TIMESTAMP_TZ -> instant(value);
            case LIST -> list(type, value);
            case STRUCT -> struct(type, checked(value, AttributeValue.Type.M).m());
            case MAP -> map(type, checked(value, AttributeValue.Type.M).m());
        };
    }

    private static String list(ColumnType type, AttributeValue value) {
        StringBuilder out = new StringBuilder();
        for (AttributeValue element : ItemOrder.elements(value)) {
            addItem(out, type.element(), element);
        }
        return out.toString();
    }

    private static String struct(ColumnType type, Map<String, AttributeValue> members) {
        StringBuilder out = new StringBuilder();
        Map<String, AttributeValue> rest = new HashMap<>(members);
        type.fields().forEach(field -> addItem(out, field.type(), rest.remove(field.name())));
        if (!rest.values().stream().allMatch(Attributes::isAbsent)) {
            throw new MisfitException("it has a member that is no field of the struct");
        }
        return out.toString();
    }

    private static String map(ColumnType type, Map<String, AttributeValue> members) {
        StringBuilder out = new StringBuilder();
        Map<String, AttributeValue> sorted = new TreeMap<>(ItemOrder.TEXT);
        sorted.putAll(members);
        sorted.forEach((key, value) -> {
            StringBuilder entry = new StringBuilder();
            addItem(entry, ColumnType.STRING, AttributeValue.fromS(key));
            addItem(entry, type.fields().get(1).type(), value);
            addText(out, entry.toString());
        });
        return out.toString();
    }

    private static void addItem(StringBuilder out, ColumnType type, @Nullable AttributeValue value) {
        if (value == null || Attributes.isAbsent(value)) {
            out.append('-');
        } else {
            addText(out, text(type, value));
        }
    }

    private static void addText(StringBuilder out, String text) {
        out.append(text.getBytes(StandardCharsets.UTF_8).length).append(':').append(text);
    }

    private static AttributeValue checked(AttributeValue value, AttributeValue.Type type) {
        if (value.type() != type) {
            throw new MisfitException("it is not of type " + type);
        }
        return value;
    }

    private static BigDecimal number(AttributeValue value) {
        return new BigDecimal(checked(value, AttributeValue.Type.N).n());
    }

    private static String decimal(ColumnType type, BigDecimal number) {
        if (number.abs().compareTo(BigDecimal.TEN.pow(type.precision() - type.scale())) >= 0) {
            throw new MisfitException("the number is out of range");
        }
        return number.setScale(type.scale()).toPlainString();
    }

    private static String twofold(String text) {
        // Minus zero is a double and no number.
        double nearest = Double.parseDouble(text) + 0.0;
        BigDecimal number = new BigDecimal(text);
        if (Double.isInfinite(nearest)
                || (number.stripTrailingZeros().precision() > VectorValues.DOUBLE_DIGITS
                        && new BigDecimal(nearest).compareTo(number) != 0)) {
            throw new MisfitException("the number has digits that a double loses");
        }
        return HexFormat.of().toHexDigits(Double.doubleToLongBits(nearest));
    }

    private static Matcher matched(Pattern form, AttributeValue value) {
        Matcher parts = form.matcher(checked(value, AttributeValue.Type.S).s());
        if (!parts.matches()) {
            throw new MisfitException("the text is not of that form");
        }
        return parts;
    }

    private static String instant(AttributeValue value) {
        if (value.type() == AttributeValue.Type.N) {
            BigDecimal micros = number(value).scaleByPowerOfTen(6);
            if (micros.compareTo(BigDecimal.valueOf(IsoText.MICROS_LEAST)) < 0
                    || micros.compareTo(BigDecimal.valueOf(IsoText.MICROS_END)) >= 0) {
                throw new MisfitException("the number of seconds is out of range");
            }
            return micros.toBigIntegerExact().toString();
        }
        Matcher parts = matched(IsoText.TIMESTAMP_TZ, value);
        return micros(
                parts, 4, day(parts) * 86_400 - ZoneOffset.of(parts.group(8)).getTotalSeconds());
    }

    private static long day(Matcher parts) {
        return LocalDate.of(digits(parts.group(1)), digits(parts.group(2)), digits(parts.group(3)))
                .toEpochDay();
    }

    /** Microseconds: hour, minute, second and fraction are the groups from the first on, counted from the base in seconds. */
    private static String micros(Matcher parts, int first, long base) {
        String second = parts.group(first + 2);
        String fraction = parts.group(first + 3);
        LocalTime time = LocalTime.of(
                digits(parts.group(first)), digits(parts.group(first + 1)), second == null ? 0 : digits(second));
        BigInteger whole = BigInteger.valueOf(base + time.toSecondOfDay()).multiply(MICROS_PER_SECOND);
        BigInteger part = fraction == null
                ? BigInteger.ZERO
                : new BigDecimal("0." + fraction).movePointRight(6).toBigIntegerExact();
        return whole.add(part).toString();
    }

    private static int digits(String text) {
        return Integer.parseInt(text);
    }
}
