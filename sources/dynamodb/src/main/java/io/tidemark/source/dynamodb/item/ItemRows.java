package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items as rows of a schema. For one thread.
 *
 * <p>An attribute that is not there or NULL is null. Values are held exactly or refused ({@link ColumnChoices}); elements of lists and fields of
 * structs likewise. A set becomes a list in order: text by code points, numbers by value, bytes unsigned. A member of a map that the struct has no
 * field for is refused unless it is NULL. A column of strings holds any value: S itself, N with the digits received, BOOL {@code true} or
 * {@code false}, B in base64, sets, lists and maps as JSON; and every value as JSON, S in quotes, when M or L is among the letters of its
 * {@linkplain Column#sourceType source type}. The document column, if there is one, holds the whole item ({@link DynamoJson}).
 */
public final class ItemRows {
    private static final int KNOWN_OMITTED_MAX = 10_000;

    private final RowSchema schema;
    private final TableScope scope;
    private final @Nullable String document;
    private final Set<String> names = new HashSet<>();
    private final boolean[] isKey;
    private final boolean[] isJson;
    private final Set<String> knownOmitted = new HashSet<>();
    private @Nullable TidemarkException failure;
    private String failedColumn = "";

    /**
     * Rows of a schema.
     *
     * @param scope what of the table is mirrored; only the columns that it leaves out are of interest here
     * @param document name of the column that holds the whole item, as {@link Inference#document} makes it; null when there is none
     */
    public ItemRows(RowSchema schema, TableScope scope, @Nullable String document) {
        this.schema = schema;
        this.scope = scope;
        this.document = document;
        this.isKey = new boolean[schema.columns().size()];
        this.isJson = new boolean[schema.columns().size()];
        for (int i = 0; i < isKey.length; i++) {
            Column column = schema.columns().get(i);
            names.add(column.name());
            isKey[i] = schema.key().contains(column.name());
            isJson[i] = isJson(column);
        }
        if (document != null && !names.contains(document)) {
            throw new IllegalArgumentException("Cannot write documents: no column of the table is named so (table="
                    + schema.table() + ", column=" + document + ")");
        }
    }

    public RowSchema schema() {
        return schema;
    }

    /**
     * Appends an item to each vector of a batch in whose current row nothing has been appended yet.
     *
     * @throws TidemarkException {@code SOURCE_VALUE} when a column cannot hold its value, naming table and column, which {@link #columnOf} tells too;
     *     the row is then half appended, and the caller's to take off
     */
    public void append(ChangeBatch batch, Map<String, AttributeValue> item) {
        List<Column> columns = schema.columns();
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).name();
            try {
                if (name.equals(document)) {
                    ((BytesVector) batch.column(i)).append(DynamoJson.text(item));
                } else {
                    appendValue(batch.column(i), i, item.get(name));
                }
            } catch (MisfitException e) {
                throw refused(columns.get(i), item.get(name), e);
            }
        }
    }

    /**
     * Appends a row of which only the key is known: the other columns are null, the document too.
     *
     * @param key attributes of the key; others are not looked at
     * @throws TidemarkException as {@link #append}
     */
    public void appendKey(ChangeBatch batch, Map<String, AttributeValue> key) {
        List<Column> columns = schema.columns();
        for (int i = 0; i < columns.size(); i++) {
            AttributeValue value = isKey[i] ? key.get(columns.get(i).name()) : null;
            try {
                appendValue(batch.column(i), i, value);
            } catch (MisfitException e) {
                throw refused(columns.get(i), value, e);
            }
        }
    }

    /** Name of the column whose value {@link #append} or {@link #appendKey} refused with this; empty when it came from elsewhere. */
    public String columnOf(TidemarkException reason) {
        return isFailure(reason) ? failedColumn : "";
    }

    /**
     * Canonical texts ({@link io.tidemark.spi.verify.TableReading}) of the key columns in key order; empty when the table has no key or the item's
     * cannot be read.
     */
    public List<String> keyText(Map<String, AttributeValue> item) {
        List<String> texts = new ArrayList<>();
        for (int index : schema.keyIndexes()) {
            Column column = schema.columns().get(index);
            ColumnVector scratch = ColumnVector.of(column.type(), 1);
            try {
                appendValue(scratch, index, item.get(column.name()));
            } catch (MisfitException e) {
                return List.of();
            }
            texts.add(CanonicalText.text(scratch, 0));
        }
        return List.copyOf(texts);
    }

    /**
     * Attributes that have a value, and neither a column nor are left out: what {@link Inference#column} makes a column of. By name in the order of
     * code points; usually empty.
     */
    public SortedMap<String, AttributeValue> unknown(Map<String, AttributeValue> item) {
        SortedMap<String, AttributeValue> unknown = new TreeMap<>(ItemOrder.TEXT);
        item.forEach((name, value) -> {
            if (!names.contains(name) && !Attributes.isAbsent(value) && !isOmitted(name)) {
                unknown.put(name, value);
            }
        });
        return unknown;
    }

    /** Whether every value in the column is written as JSON. */
    static boolean isJson(Column column) {
        List<String> types = ColumnChoices.types(column.sourceType());
        return column.type().equals(ColumnType.STRING) && (types.contains("M") || types.contains("L"));
    }

    private void appendValue(ColumnVector out, int column, @Nullable AttributeValue value) {
        if (isKey[column] && (value == null || Attributes.isAbsent(value))) {
            throw new MisfitException("it is missing and of the key");
        }
        if (isJson[column] && value != null && !Attributes.isAbsent(value)) {
            ((BytesVector) out).append(JsonText.json(value));
        } else {
            VectorValues.append(out, value);
        }
    }

    private boolean isOmitted(String name) {
        if (knownOmitted.contains(name)) {
            return true;
        }
        boolean isOmitted = scope.omits(name, ColumnIds.of(name));
        if (isOmitted && knownOmitted.size() < KNOWN_OMITTED_MAX) {
            knownOmitted.add(name);
        }
        return isOmitted;
    }

    private TidemarkException refused(Column column, @Nullable AttributeValue value, MisfitException reason) {
        TidemarkException refused = new TidemarkException(
                ErrorCode.SOURCE_VALUE,
                "Cannot represent value: " + reason.reason() + " (table=" + schema.table() + ", column="
                        + column.name() + ", type=" + (value == null ? "none" : Attributes.letters(value))
                        + shape(value) + ", wanted=" + column.type() + ")");
        failure = refused;
        failedColumn = column.name();
        return refused;
    }

    /** How long the value is, as messages must not show it. */
    private static String shape(@Nullable AttributeValue value) {
        if (value == null) {
            return "";
        }
        return switch (Attributes.type(value)) {
            case S -> ", characters=" + value.s().length();
            case N -> ", characters=" + value.n().length();
            case B -> ", bytes=" + value.b().asByteArrayUnsafe().length;
            case SS -> ", elements=" + value.ss().size();
            case NS -> ", elements=" + value.ns().size();
            case BS -> ", elements=" + value.bs().size();
            case L -> ", elements=" + value.l().size();
            case M -> ", members=" + value.m().size();
            default -> "";
        };
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isFailure(TidemarkException reason) {
        return reason == failure;
    }
}
