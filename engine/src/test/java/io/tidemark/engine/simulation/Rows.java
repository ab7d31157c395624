package io.tidemark.engine.simulation;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import io.tidemark.testkit.lake.Events;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Rows of a table as canonical texts, the key first if there is one. Immutable. */
final class Rows {
    private static final Comparator<List<@Nullable String>> ORDER = Comparator.comparing(List::toString);

    private final RowSchema schema;
    private final List<List<@Nullable String>> rows;

    /** The old row of an update that changes the key, for values that it leaves unchanged. */
    private final @Nullable List<@Nullable String> moved;

    private Rows(RowSchema schema, List<List<@Nullable String>> rows, @Nullable List<@Nullable String> moved) {
        this.schema = schema;
        this.rows = rows;
        this.moved = moved;
    }

    static Rows of(RowSchema schema) {
        return new Rows(schema, List.of(), null);
    }

    /** All rows, in an order that depends on nothing but the rows. */
    List<List<@Nullable String>> all() {
        return rows;
    }

    @Nullable
    List<@Nullable String> find(@Nullable String key) {
        return rows.stream()
                .filter(row -> String.valueOf(key).equals(row.get(0)))
                .findFirst()
                .orElse(null);
    }

    /** With an event; later events of a key take the place of earlier ones. */
    Rows with(Operation operation, List<@Nullable String> values) {
        if (operation == Operation.TRUNCATE) {
            return of(schema);
        }
        List<List<@Nullable String>> next = new ArrayList<>(rows);
        List<@Nullable String> old = moved;
        if (schema.hasKey()) {
            List<@Nullable String> present = find(values.get(0));
            next.remove(present);
            if (operation == Operation.BEFORE) {
                return new Rows(schema, next, present);
            }
            old = old == null ? present : old;
        } else if (operation == Operation.DELETE || operation == Operation.BEFORE) {
            if (!next.remove(values)) {
                throw missing();
            }
        }
        if (operation == Operation.INSERT || operation == Operation.UPDATE) {
            next.add(filled(values, old));
            next.sort(ORDER);
        }
        return new Rows(schema, next, null);
    }

    private List<@Nullable String> filled(List<@Nullable String> values, @Nullable List<@Nullable String> old) {
        List<@Nullable String> row = new ArrayList<>(values);
        for (int i = 0; i < row.size(); i++) {
            if (Events.UNCHANGED.equals(row.get(i))) {
                if (old == null) {
                    throw missing();
                }
                row.set(i, old.get(i));
            }
        }
        return row;
    }

    private TidemarkException missing() {
        return new TidemarkException(
                ErrorCode.LAKE_ROW_MISSING, "Cannot apply an event of " + schema.table() + ": its row is not there");
    }

    /** Hands the rows on as inserts. */
    void read(Predicate<List<@Nullable String>> wanted, long position, Consumer<ChangeBatch> consumer) {
        ChangeBatch batch = new ChangeBatch(schema, 16);
        for (List<@Nullable String> row : rows) {
            if (wanted.test(row)) {
                append(batch, Operation.INSERT, row, position, 0, 0, 0);
            }
        }
        consumer.accept(batch);
    }

    static void append(
            ChangeBatch batch,
            Operation operation,
            List<@Nullable String> values,
            long position,
            long sequence,
            long transaction,
            long commitMicros) {
        batch.beginRow(operation, position, sequence, transaction, commitMicros);
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (value == null) {
                batch.column(i).appendNull();
            } else if (value.equals(Events.UNCHANGED)) {
                batch.column(i).appendUnchanged();
            } else {
                CanonicalText.append(batch.column(i), value);
            }
        }
        batch.padRow();
    }

    @Override
    public String toString() {
        return rows.toString();
    }
}
