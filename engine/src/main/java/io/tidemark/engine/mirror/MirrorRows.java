package io.tidemark.engine.mirror;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.CanonicalText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of a version of a table as rows of its mirror. */
public final class MirrorRows {
    private final MirrorShape shape;
    private final RowSchema source;
    private final RowSchema mirror;
    private final List<@Nullable DerivedTimes> times = new ArrayList<>();

    /**
     * Rows of a mirror.
     *
     * @param source the version of the table
     * @param deletes what a delete does to the mirror
     */
    public MirrorRows(MirrorShape shape, RowSchema source, DeleteMode deletes) {
        this.shape = shape;
        this.source = source;
        this.mirror = shape.schema(source);
        for (AddedColumn column : shape.added()) {
            DerivedTime time = column.time();
            times.add(
                    time == null
                            ? null
                            : new DerivedTimes(
                                    source, source.indexOf(column.value()), time, deletes == DeleteMode.SOFT));
        }
    }

    /** Whether a row may hold a value that a column of the mirror cannot be told by. */
    public boolean mayMisfit() {
        return shape.added().stream().anyMatch(column -> column.time() != null);
    }

    /**
     * The same rows for the mirror; they share the batch's memory.
     *
     * @throws TidemarkException {@code SOURCE_VALUE} for a row with a value that an added column cannot be told by
     */
    public ChangeBatch of(ChangeBatch batch) {
        if (mirror.equals(source)) {
            return batch;
        }
        List<ColumnVector> vectors = new ArrayList<>(batch.columns());
        for (int i = 0; i < times.size(); i++) {
            AddedColumn column = shape.added().get(i);
            DerivedTimes derived = times.get(i);
            if (derived != null) {
                ColumnVector values = ColumnVector.of(column.type(), batch.size());
                if (!derived.append(batch, values).isEmpty()) {
                    throw misfit(column);
                }
                vectors.add(values);
            } else {
                vectors.add(column.isOfColumn() ? batch.column(source.indexOf(column.value())) : column.values(batch));
            }
        }
        return batch.as(mirror, vectors);
    }

    /**
     * The rows of a batch whose added columns can all be told, still as rows of the table. An update goes with its old row, which has to be in the same
     * batch.
     *
     * @param misfits takes the others
     */
    public ChangeBatch fitting(ChangeBatch batch, Consumer<UndecodableRow> misfits) {
        BitSet unfit = new BitSet();
        Map<Integer, AddedColumn> columns = new TreeMap<>();
        for (int i = 0; i < times.size(); i++) {
            AddedColumn column = shape.added().get(i);
            DerivedTimes derived = times.get(i);
            if (derived != null) {
                BitSet found = derived.append(batch, ColumnVector.of(column.type(), batch.size()));
                found.stream().forEach(row -> columns.putIfAbsent(row, column));
                unfit.or(found);
            }
        }
        return unfit.isEmpty() ? batch : without(columns, batch, misfits);
    }

    private ChangeBatch without(Map<Integer, AddedColumn> unfit, ChangeBatch batch, Consumer<UndecodableRow> misfits) {
        ChangeBatch fitting = new ChangeBatch(batch.schema(), batch.size());
        for (int row = 0; row < batch.size(); row++) {
            int first = row;
            if (batch.operation(row) == Operation.BEFORE && row + 1 < batch.size()) {
                row++;
            }
            AddedColumn column = unfit.getOrDefault(row, unfit.get(first));
            if (column != null) {
                misfits.accept(misfit(batch, first, row, column));
                continue;
            }
            for (int kept = first; kept <= row; kept++) {
                fitting.appendFrom(batch, kept);
            }
        }
        return fitting;
    }

    private UndecodableRow misfit(ChangeBatch batch, int old, int row, AddedColumn column) {
        Set<List<String>> keys = new LinkedHashSet<>();
        if (source.hasKey()) {
            keys.add(key(batch, row));
            keys.add(key(batch, old));
        }
        return new UndecodableRow(
                source.table(),
                batch.operation(row),
                new Position(batch.position(row)),
                batch.sequence(row),
                List.copyOf(keys),
                column.value(),
                misfit(column),
                texts(batch, row).getBytes(StandardCharsets.UTF_8));
    }

    private TidemarkException misfit(AddedColumn column) {
        DerivedTime time = column.time();
        String format = time == null || time.format().isEmpty() ? "" : ", format=" + time.format();
        return new TidemarkException(
                ErrorCode.SOURCE_VALUE,
                "Cannot tell column " + column.name()
                        + " of the mirror: the value that it is made of is no time in the format" + " (table="
                        + source.table() + ", column=" + column.value() + format + ")",
                "Correct the value or the rule's add and run 'tidemark resync " + source.table()
                        + "', or set such rows aside with on-bad-value: dead-letter.",
                null);
    }

    private static List<String> key(ChangeBatch batch, int row) {
        List<String> key = new ArrayList<>();
        for (int index : batch.schema().keyIndexes()) {
            ColumnVector column = batch.column(index);
            key.add(column.isPresent(row) ? CanonicalText.text(column, row) : "");
        }
        return key;
    }

    /** The row for people, since what was received is gone: canonical texts by column. */
    private static String texts(ChangeBatch batch, int row) {
        Map<String, String> texts = new TreeMap<>();
        for (int i = 0; i < batch.columns().size(); i++) {
            ColumnVector column = batch.column(i);
            if (column.isPresent(row)) {
                texts.put(batch.schema().columns().get(i).name(), CanonicalText.text(column, row));
            }
        }
        return Json.writePretty(texts);
    }
}
