package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.TypeChoices;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Columns of one table from a sample of its items. For one thread.
 *
 * <p>S becomes string, B bytes, BOOL boolean, L and M string that holds JSON, SS, NS and BS lists of string, number and bytes. Numbers become
 * int64 when all seen are whole with at most 18 digits, else decimal(38,0) when all are whole, else decimal(38,s) where s is the most digits seen
 * after the point and at least 6; string when 38 digits are too few. An attribute seen with several types becomes string; one only seen as NULL
 * has no column. What the user has chosen goes before ({@link ColumnChoices}). A column's source type is the letters seen, sorted, with
 * {@code |} between them.
 *
 * <p>Attribute names may be any Unicode of 1 byte to 64 KB in UTF-8, upper and lower case differ, dots are nothing special. A list or struct is
 * carried as string when another column has the name of a part of it, such as {@code a.element} beside {@code a}.
 */
public final class Inference {
    private final TableId table;
    private final List<AttributeDefinition> key;
    private final TypeChoices choices;
    private final SortedMap<String, SeenValues> seen = new TreeMap<>(ItemOrder.TEXT);

    /**
     * Nothing seen yet.
     *
     * @param key the attributes of the primary key, partition key first, with the types of DescribeTable
     */
    public Inference(TableId table, List<AttributeDefinition> key, TypeChoices choices) {
        this.table = table;
        this.key = List.copyOf(key);
        this.choices = choices;
    }

    /** Takes an item into account. */
    public void add(Map<String, AttributeValue> item) {
        item.forEach((name, value) ->
                seen.computeIfAbsent(name, added -> new SeenValues()).add(value));
    }

    /**
     * The columns: those of the key, in its order and never null, then the others by name in the order of code points, those that the user has
     * chosen a type for included when they were not seen.
     *
     * @throws TidemarkException {@code SOURCE_TYPE} when two attributes cannot be told apart ({@link ColumnIds})
     */
    public List<Column> columns() {
        Set<String> keyNames =
                key.stream().map(AttributeDefinition::attributeName).collect(Collectors.toSet());
        SortedMap<String, ColumnType> chosen = new TreeMap<>(ItemOrder.TEXT);
        choices.columns().getOrDefault(table, Map.of()).forEach((name, type) -> {
            if (ColumnChoices.isPossible(type)) {
                chosen.put(name, type);
            }
        });
        List<String> names = Stream.concat(seen.keySet().stream().filter(this::isSeen), chosen.keySet().stream())
                .filter(name -> !keyNames.contains(name))
                .distinct()
                .sorted(ItemOrder.TEXT)
                .toList();
        List<Column> columns = new ArrayList<>();
        key.forEach(attribute -> columns.add(keyColumn(attribute)));
        for (String name : names) {
            ColumnType unseen = chosen.get(name);
            columns.add(
                    isSeen(name) || unseen == null
                            ? column(name, seenOf(name))
                            : column(name, unseen, ColumnChoices.sourceType(unseen)));
        }
        List<Column> flattened = flattened(columns);
        ColumnIds.check(table, flattened);
        return flattened;
    }

    /**
     * The column for an attribute that a table's columns do not have: as {@link #columns} would give it after this one value. One that a type was chosen
     * for is of that type, as it is when nothing was seen of it, even if this value does not fit: it is then refused like any other ({@link
     * ItemRows#append}).
     *
     * @return empty when the value is NULL, which says nothing about a type
     * @throws TidemarkException {@code SOURCE_TYPE} when the attribute cannot be told from one that has a column, its name is that of a part of a list
     *     or struct, it is to be a list or struct that has a part with the name of a column, or its value is of no type that is known
     */
    public static Optional<Column> column(RowSchema schema, TypeChoices choices, String name, AttributeValue value) {
        if (Attributes.isAbsent(value)) {
            return Optional.empty();
        }
        SeenValues one = new SeenValues();
        one.add(value);
        if (one.isEmpty()) {
            throw refused("its value is of no known type", schema.table(), name);
        }
        for (Column column : schema.columns()) {
            if (column.type().isNested() && isPartOf(name, column)) {
                throw refused("column " + column.name() + " has a part of that name", schema.table(), name);
            }
        }
        Inference inference = new Inference(schema.table(), List.of(), choices);
        Optional<ColumnType> chosen = choices.find(schema.table(), name).filter(ColumnChoices::isPossible);
        List<Column> all = new ArrayList<>(schema.columns());
        all.add(chosen.map(type -> chosen(name, type, one.sourceType())).orElseGet(() -> inference.column(name, one)));
        ColumnIds.check(schema.table(), all);
        Column met = flattened(all).get(all.size() - 1);
        if (chosen.isPresent() && !met.type().equals(chosen.orElseThrow())) {
            throw refused(
                    "it cannot be " + chosen.orElseThrow() + ", because another column has the name of a part of it",
                    schema.table(),
                    name);
        }
        return Optional.of(met);
    }

    /** What was chosen for columns of the key and cannot be, for people. */
    public static List<String> notices(RowSchema schema, TypeChoices choices) {
        List<String> notices = new ArrayList<>();
        for (int index : schema.keyIndexes()) {
            Column column = schema.columns().get(index);
            ColumnChoices.find(choices, schema.table(), column.name(), column.sourceType())
                    .filter(wanted -> !wanted.equals(column.type()))
                    .ifPresent(wanted -> notices.add("column " + column.name() + " is carried as " + column.type()
                            + ": a column of the key cannot be " + wanted));
        }
        return notices;
    }

    /** A column of a chosen type; its source type is that of the value where that can be so. */
    private static Column chosen(String name, ColumnType type, String seen) {
        boolean fits = ColumnChoices.refusal(seen, type).isEmpty();
        return column(name, type, fits ? seen : ColumnChoices.sourceType(type));
    }

    /** A column for whole items ({@link DynamoJson}). An attribute of its name cannot have one beside it: the caller leaves that out. */
    public static Column document(String name) {
        return new Column(name, ColumnType.STRING, true, ColumnChoices.DOCUMENT, ColumnIds.of(name));
    }

    private Column keyColumn(AttributeDefinition attribute) {
        String name = attribute.attributeName();
        String sourceType = attribute.attributeTypeAsString();
        ColumnType inferred = switch (attribute.attributeType()) {
            case N -> seenOf(name).numberType();
            case B -> ColumnType.BYTES;
            default -> ColumnType.STRING;
        };
        ColumnType type =
                ColumnChoices.findKey(choices, table, name, sourceType).orElse(inferred);
        return new Column(name, type, false, sourceType, ColumnIds.of(name));
    }

    private Column column(String name, SeenValues values) {
        String sourceType = values.sourceType();
        ColumnType type = ColumnChoices.find(choices, table, name, sourceType).orElseGet(values::columnType);
        return column(name, type, sourceType);
    }

    private static Column column(String name, ColumnType type, String sourceType) {
        return new Column(name, type, true, sourceType, ColumnIds.of(name));
    }

    private boolean isSeen(String name) {
        return !seenOf(name).isEmpty();
    }

    private SeenValues seenOf(String name) {
        return seen.getOrDefault(name, new SeenValues());
    }

    /** Lakes name the part of a column by a path with dots, which must not be the name of another column. */
    private static List<Column> flattened(Collection<Column> columns) {
        return columns.stream()
                .map(column ->
                        column.type().isNested() && columns.stream().anyMatch(other -> isPartOf(other.name(), column))
                                ? column(column.name(), ColumnType.STRING, column.sourceType())
                                : column)
                .toList();
    }

    private static boolean isPartOf(String name, Column column) {
        return name.startsWith(column.name() + ".");
    }

    private static TidemarkException refused(String reason, TableId table, String name) {
        return new TidemarkException(
                ErrorCode.SOURCE_TYPE,
                "Cannot carry attribute: " + reason + " (table=" + table + ", column=" + name + ")");
    }
}
