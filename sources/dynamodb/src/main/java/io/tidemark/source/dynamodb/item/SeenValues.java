package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.schema.ColumnType;
import java.math.BigDecimal;
import java.util.SortedSet;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What has been seen of one attribute: types, and how wide its numbers are. NULL says nothing. */
final class SeenValues {
    private static final int DIGITS_MAX = 38;
    private static final int FRACTION_DIGITS_MIN = 6;

    private final SortedSet<String> types = new TreeSet<>();
    private int integerDigits;
    private int fractionDigits;

    void add(AttributeValue value) {
        AttributeValue.Type type = Attributes.type(value);
        if (type == AttributeValue.Type.NUL || type == AttributeValue.Type.UNKNOWN_TO_SDK_VERSION) {
            return;
        }
        types.add(type.name());
        if (type == AttributeValue.Type.N) {
            addNumber(value.n());
        } else if (type == AttributeValue.Type.NS) {
            value.ns().forEach(this::addNumber);
        }
    }

    boolean isEmpty() {
        return types.isEmpty();
    }

    /** The types seen, sorted and joined. */
    String sourceType() {
        return String.join(ColumnChoices.SEPARATOR, types);
    }

    /** The type that holds all of them; STRING when nothing else does. */
    ColumnType columnType() {
        return types.size() == 1 ? typeOf(types.first()) : ColumnType.STRING;
    }

    /** The type of the numbers seen; INT64 when there were none. */
    ColumnType numberType() {
        if (fractionDigits == 0 && integerDigits <= ColumnType.LONG_DECIMAL_PRECISION_MAX) {
            return ColumnType.INT64;
        }
        int scale = fractionDigits == 0 ? 0 : Math.max(FRACTION_DIGITS_MIN, fractionDigits);
        return (long) integerDigits + scale <= DIGITS_MAX ? ColumnType.decimal(DIGITS_MAX, scale) : ColumnType.STRING;
    }

    private ColumnType typeOf(String type) {
        return switch (AttributeValue.Type.valueOf(type)) {
            case B -> ColumnType.BYTES;
            case BOOL -> ColumnType.BOOLEAN;
            case N -> numberType();
            case SS -> ColumnType.list(ColumnType.STRING);
            case NS -> ColumnType.list(numberType());
            case BS -> ColumnType.list(ColumnType.BYTES);
            default -> ColumnType.STRING;
        };
    }

    private void addNumber(String text) {
        try {
            BigDecimal number = new BigDecimal(text).stripTrailingZeros();
            fractionDigits = Math.max(fractionDigits, number.scale());
            integerDigits = Math.max(integerDigits, number.precision() - number.scale());
        } catch (NumberFormatException e) {
            // Wider than any decimal, so that it is carried as text.
            integerDigits = Integer.MAX_VALUE;
        }
    }
}
