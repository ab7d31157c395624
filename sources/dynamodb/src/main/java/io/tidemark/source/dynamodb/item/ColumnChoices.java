package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.ColumnType.Kind;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.TypeChoices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which column types a type of DynamoDB can be carried as, and which one the user has chosen.
 *
 * <p>Everything can be string. Beyond that, S as text of one exact form: uuid ({@code 8-4-4-4-12} hexadecimal digits), date ({@code YYYY-MM-DD}),
 * time ({@code hh:mm[:ss[.fraction]]}), timestamp ({@code YYYY-MM-DDThh:mm[:ss[.fraction]]}), timestamp_tz (the same with {@code Z} or
 * {@code +hh:mm} behind it); not as number, since text such as {@code 007} or {@code 1.50} would not come back as it was. N as int32, int64 or
 * decimal(p,s) where it is exactly such a number; as float64 where it has at most 15 digits or is exactly a double, so that no digit is lost; as
 * timestamp_tz where it is seconds since 1970-01-01T00:00:00Z with at most six digits after the point, of the years 0 to 9999. B as bytes, BOOL as
 * boolean, sets as list of what their elements can be, L as list and M as struct of anything but float32.
 *
 * <p>A value that is not of the form is refused when it comes ({@link ItemRows#append}). Columns of the key are string, int32, int64, decimal or
 * bytes only: other types would make one of keys that DynamoDB tells apart.
 */
public final class ColumnChoices {
    static final String SEPARATOR = "|";

    /** Source type of a column that holds whole items. */
    static final String DOCUMENT = "item";

    private static final String STRING = "string";

    /** What each type can be, as the configuration writes it. */
    private static final Map<String, List<String>> POSSIBLE = Map.ofEntries(
            Map.entry("S", List.of(STRING, "uuid", "date", "time", "timestamp", "timestamp_tz")),
            Map.entry("N", List.of(STRING, "int32", "int64", "float64", "decimal(p,s)", "timestamp_tz")),
            Map.entry("B", List.of(STRING, "bytes")),
            Map.entry("BOOL", List.of(STRING, "boolean")),
            Map.entry("SS", List.of(STRING, "list<T> of what S can be")),
            Map.entry("NS", List.of(STRING, "list<T> of what N can be")),
            Map.entry("BS", List.of(STRING, "list<T> of what B can be")),
            Map.entry("L", List.of(STRING, "list<T>")),
            Map.entry("M", List.of(STRING, "struct<...>", "map<string,T>")),
            Map.entry(DOCUMENT, List.of(STRING)));

    private ColumnChoices() {}

    /**
     * Why values of a type cannot be carried so: the rest of a sentence. A column of several types can be what one of them can be; the values of the
     * others are then refused when they come.
     *
     * @param sourceType letters of the type, upper or lower case; several with {@code |} between them, as in {@code N|S}
     */
    public static Optional<String> refusal(String sourceType, ColumnType wanted) {
        List<String> possible = new ArrayList<>();
        for (String type : types(sourceType)) {
            List<String> ofType = POSSIBLE.get(type);
            if (ofType == null) {
                return Optional.of("names no type that can be carried: write S, N, B, BOOL, SS, NS, BS, L or M");
            }
            if (canBe(type, wanted)) {
                return Optional.empty();
            }
            possible.addAll(ofType);
        }
        return Optional.of("cannot be " + wanted + ": " + sourceType + " can be "
                + String.join(" or ", possible.stream().distinct().toList()));
    }

    /** The type that the user wants a column carried as; empty when nothing is chosen, or what is chosen is not possible. */
    static Optional<ColumnType> find(TypeChoices choices, TableId table, String column, String sourceType) {
        return choices.find(table, column)
                .or(() -> ofType(choices, sourceType))
                .filter(wanted -> refusal(sourceType, wanted).isEmpty());
    }

    /** As {@link #find}, for a column of the key. */
    static Optional<ColumnType> findKey(TypeChoices choices, TableId table, String column, String sourceType) {
        Set<Kind> exact = Set.of(Kind.STRING, Kind.INT32, Kind.INT64, Kind.DECIMAL, Kind.BYTES);
        return find(choices, table, column, sourceType).filter(wanted -> exact.contains(wanted.kind()));
    }

    /** Whether some type of DynamoDB can be carried so. */
    static boolean isPossible(ColumnType chosen) {
        return refusal(sourceType(chosen), chosen).isEmpty();
    }

    /** The type of which a column is that was chosen and not seen yet. */
    static String sourceType(ColumnType chosen) {
        return switch (chosen.kind()) {
            case BOOLEAN -> "BOOL";
            case INT32, INT64, FLOAT32, FLOAT64, DECIMAL -> "N";
            case STRING, UUID, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> "S";
            case BYTES -> "B";
            case LIST -> "L";
            case STRUCT, MAP -> "M";
        };
    }

    /** The types that a column's source type names. */
    static List<String> types(String sourceType) {
        return Arrays.stream(sourceType.split("\\|", -1))
                .map(name -> name.equals(DOCUMENT) ? name : name.strip().toUpperCase(Locale.ROOT))
                .toList();
    }

    private static Optional<ColumnType> ofType(TypeChoices choices, String sourceType) {
        return choices.types().entrySet().stream()
                .filter(choice -> types(choice.getKey()).equals(types(sourceType)))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean canBe(String type, ColumnType wanted) {
        Kind kind = wanted.kind();
        return kind == Kind.STRING
                || switch (type) {
                    case "S" ->
                        kind == Kind.UUID
                                || kind == Kind.DATE
                                || kind == Kind.TIME
                                || kind == Kind.TIMESTAMP
                                || kind == Kind.TIMESTAMP_TZ;
                    case "N" ->
                        kind == Kind.INT32
                                || kind == Kind.INT64
                                || kind == Kind.FLOAT64
                                || kind == Kind.DECIMAL
                                || kind == Kind.TIMESTAMP_TZ;
                    case "B" -> kind == Kind.BYTES;
                    case "BOOL" -> kind == Kind.BOOLEAN;
                    case "SS", "NS", "BS" -> kind == Kind.LIST && canBe(type.substring(0, 1), wanted.element());
                    case "L" -> kind == Kind.LIST && canHoldValues(wanted);
                    case "M" -> (kind == Kind.STRUCT || kind == Kind.MAP) && canHoldValues(wanted);
                    default -> false;
                };
    }

    /** Whether every part of the type can be what some type of DynamoDB is carried as. */
    private static boolean canHoldValues(ColumnType type) {
        return type.kind() != Kind.FLOAT32 && type.fields().stream().allMatch(field -> canHoldValues(field.type()));
    }
}
