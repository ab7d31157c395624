package io.tidemark.engine.work;

import io.tidemark.engine.deadletter.DeadLetters;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keys of which a row was set aside. An update of such a key that does not send all values would take those it lacks from a row of the mirror that
 * is older than the one it changed, or is not there at all: it is left out, and the dead letter goes on saying that the key's row is not the
 * source's. Events that send all values are applied.
 */
final class ParkedKeys {
    private final DeadLetters letters;
    private final Set<List<String>> keys;

    /** Keys of the table's open letters. */
    ParkedKeys(DeadLetters letters, TableRecord record) {
        this.letters = letters;
        this.keys = record.schema().hasKey() ? new HashSet<>(letters.openKeys(record.id())) : new HashSet<>();
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Takes the keys of a row in that was set aside just now. */
    void add(List<List<String>> more) {
        keys.addAll(more);
    }

    /** The batch, without the events that are to be left out. An update goes with its old row, which has to be in the same batch. */
    ChangeBatch without(ChangeBatch batch) {
        return keys.isEmpty() ? batch : filtered(batch);
    }

    private ChangeBatch filtered(ChangeBatch batch) {
        ChangeBatch wanted = new ChangeBatch(batch.schema(), batch.size());
        for (int row = 0; row < batch.size(); row++) {
            boolean isPair = batch.operation(row) == Operation.BEFORE;
            int update = isPair ? row + 1 : row;
            if (batch.operation(update) == Operation.UPDATE && isParked(batch, row, update)) {
                if (isPair) {
                    deleteOld(batch, row, wanted);
                }
                row = update;
            } else {
                wanted.appendFrom(batch, row);
            }
        }
        return wanted;
    }

    private boolean isParked(ChangeBatch batch, int before, int update) {
        if (batch.columns().stream().noneMatch(column -> column.isUnchanged(update))) {
            return false;
        }
        List<String> old = key(batch, before);
        List<String> now = key(batch, update);
        if (!keys.contains(old)) {
            return false;
        }
        if (keys.add(now)) {
            letters.widen(batch.schema().table(), old, now);
        }
        return true;
    }

    /** The old key is gone from the source, whatever becomes of the new one. */
    private static void deleteOld(ChangeBatch batch, int before, ChangeBatch wanted) {
        wanted.beginRow(
                Operation.DELETE,
                batch.position(before),
                batch.sequence(before),
                batch.transaction(before),
                batch.commitMicros(before));
        for (int i = 0; i < batch.columns().size(); i++) {
            wanted.column(i).appendFrom(batch.column(i), before);
        }
    }

    private static List<String> key(ChangeBatch batch, int row) {
        List<String> key = new ArrayList<>();
        for (int index : batch.schema().keyIndexes()) {
            ColumnVector column = batch.column(index);
            key.add(column.isPresent(row) ? CanonicalText.text(column, row) : "");
        }
        return key;
    }
}
