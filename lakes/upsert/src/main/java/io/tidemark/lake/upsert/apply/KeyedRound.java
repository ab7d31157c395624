package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyEncoder;
import io.tidemark.lake.upsert.index.KeyTable;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.schema.BeforeImage;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The events of a round folded into one outcome for each key: a row version, or that the key is gone. A row version may lack values that an update
 * did not send; then it says of which key's row in the mirror they are. Keys are numbered from 0. Not thread-safe.
 */
final class KeyedRound {
    /** Nothing is to be done for the key; its row may be asked for by others. */
    static final byte UNTOUCHED = 0;
    /** The key has a new row version. */
    static final byte UPSERT = 1;
    /** The key is gone. */
    static final byte DELETE = 2;
    /** The key has a new row version, unless the mirror has a later row: {@link #settle} says it. */
    static final byte CONTEST = 3;

    /** No key. */
    static final int NONE = -1;

    /** The values that are missing are nowhere: the row they belong to was deleted before. */
    static final int NOWHERE = -2;

    private final LakeTableSpec spec;
    private final int[] keyColumns;
    private final boolean isSoft;
    private final KeyEncoder encoder;
    private final KeyTable keys = new KeyTable();
    private final RowStore rows;
    private final @Nullable LatestBy latest;
    private byte[] outcomes = new byte[1024];
    private int[] rowOf = new int[1024];
    private int[] baseOf = new int[1024];
    private boolean[] isOptional = new boolean[1024];

    /** Key of the BEFORE event whose UPDATE has not come yet. */
    private int beforeKey = NONE;

    /** Its row in the store, when it carried all columns. */
    private int beforeRow = RowStore.NONE;

    KeyedRound(LakeTableSpec spec) {
        this.spec = spec;
        this.keyColumns = spec.schema().keyIndexes();
        this.isSoft = spec.deletes() == DeleteMode.SOFT;
        this.encoder = KeyEncoder.ofKey(keyColumns);
        this.rows = new RowStore(spec);
        this.latest = LatestBy.of(spec).orElse(null);
    }

    KeyArena keys() {
        return keys.keys();
    }

    int size() {
        return keys.size();
    }

    RowStore rows() {
        return rows;
    }

    /** What tells the later of two rows of a key; null when it is the last change. */
    @Nullable
    LatestBy latest() {
        return latest;
    }

    byte outcome(int key) {
        return outcomes[key];
    }

    /** Row of the store that is the key's new version. */
    int row(int key) {
        return rowOf[key];
    }

    /** The key whose row in the mirror holds the missing values, {@link #NONE} when none are missing, or {@link #NOWHERE}. */
    int base(int key) {
        return baseOf[key];
    }

    /** Whether the row version is to be dropped when the mirror has no row to take values from: the soft delete of an absent row. */
    boolean isOptional(int key) {
        return isOptional[key];
    }

    /** Whether an UPDATE has to follow before the round can end. */
    boolean isInsidePair() {
        return beforeKey != NONE;
    }

    long byteSize() {
        return rows.byteSize() + keys.byteSize() + 10L * outcomes.length;
    }

    void clear() {
        keys.clear();
        rows.clear();
        beforeKey = NONE;
        beforeRow = RowStore.NONE;
    }

    void insert(ChangeBatch batch, int row) {
        int key = key(batch, row);
        live(key, rows.append(batch, row, RowStore.NONE), NOWHERE);
    }

    void before(ChangeBatch batch, int row) {
        beforeKey = key(batch, row);
        beforeRow = batch.schema().beforeImage() == BeforeImage.FULL
                ? rows.append(batch, row, RowStore.NONE)
                : RowStore.NONE;
    }

    void update(ChangeBatch batch, int row) {
        int key = key(batch, row);
        int old = beforeKey == NONE ? key : beforeKey;
        int base = NOWHERE;
        int source = beforeRow;
        if (source == RowStore.NONE) {
            switch (outcomes[old]) {
                case UPSERT, CONTEST -> {
                    source = rowOf[old];
                    base = baseOf[old];
                }
                case DELETE -> base = NOWHERE;
                default -> base = old;
            }
        }
        int version = rows.append(batch, row, source);
        if (old != key) {
            // After the new version was made, because its values may come from the old key's row.
            remove(old, batch.commitMicros(row));
        }
        live(key, version, base);
        beforeKey = NONE;
        beforeRow = RowStore.NONE;
    }

    void delete(ChangeBatch batch, int row) {
        int key = key(batch, row);
        long micros = batch.commitMicros(row);
        if (isSoft && latest == null && batch.schema().beforeImage() == BeforeImage.FULL) {
            upsert(key, rows.appendDeleted(batch, row, micros), NOWHERE);
        } else if (isSoft && outcomes[key] == UNTOUCHED) {
            upsert(key, rows.appendKeyDeleted(batch, row, keyColumns, micros), key);
            isOptional[key] = true;
        } else {
            remove(key, micros);
        }
    }

    private void remove(int key, long micros) {
        if (!isSoft) {
            outcomes[key] = DELETE;
            baseOf[key] = NONE;
        } else if (outcomes[key] == UPSERT) {
            // The row as it last was, now deleted; what it lacked it still lacks, and an absent row may stay absent.
            boolean wasOptional = isOptional[key];
            upsert(key, rows.appendDeleted(rowOf[key], micros), baseOf[key]);
            isOptional[key] = wasOptional;
        } else if (outcomes[key] == CONTEST) {
            rowOf[key] = rows.appendDeleted(rowOf[key], micros);
        } else {
            upsert(key, rows.appendAllUnchangedDeleted(micros), key);
            isOptional[key] = true;
        }
    }

    /** A live row version, which the last event of the key brought. */
    private void live(int key, int row, int base) {
        if (latest == null) {
            upsert(key, row, base);
            return;
        }
        if (rows.hasUnchanged(row)) {
            throw LatestBy.lacking(spec.schema().table());
        }
        byte before = outcomes[key];
        boolean hasRow = (before == UPSERT || before == CONTEST) && !rows.isDeleted(rowOf[key]);
        ColumnVector values = rows.columns().get(latest.column());
        if (hasRow && latest.isEarlier(values, row, values, rowOf[key])) {
            return;
        }
        upsert(key, row, NONE);
        if (before == UNTOUCHED || (before == CONTEST && hasRow)) {
            outcomes[key] = CONTEST;
        }
    }

    /**
     * Whether a key's new row is earlier than the one that the mirror has.
     *
     * @param values the ordering column of the mirror's row
     */
    boolean isOutdone(int key, ColumnVector values, int row) {
        LatestBy by = Objects.requireNonNull(latest);
        return by.isEarlier(rows.columns().get(by.column()), rowOf[key], values, row);
    }

    /**
     * Ends a contest.
     *
     * @param isOutdone whether the mirror's row is later, which then stays as it is, or is deleted if the new one was
     */
    void settle(int key, boolean isOutdone) {
        if (!isOutdone) {
            outcomes[key] = UPSERT;
        } else if (rows.isDeleted(rowOf[key])) {
            upsert(key, rows.appendAllUnchangedDeleted(rows.deletedMicros(rowOf[key])), key);
        } else {
            outcomes[key] = UNTOUCHED;
        }
    }

    private void upsert(int key, int row, int base) {
        outcomes[key] = UPSERT;
        rowOf[key] = row;
        baseOf[key] = rows.hasUnchanged(row) ? base : NONE;
        isOptional[key] = false;
    }

    private int key(ChangeBatch batch, int row) {
        int known = keys.size();
        int key;
        try {
            key = keys.findOrAdd(encoder.encode(batch.columns(), row));
        } catch (KeyEncoder.NullKeyException e) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VALUE,
                    "Cannot apply an event of " + spec.schema().table() + ": a key column has no value (column="
                            + spec.schema().columns().get(e.column()).name() + ", operation=" + batch.operation(row)
                            + ")",
                    e);
        }
        if (key == outcomes.length) {
            int grown = key * 2;
            outcomes = Arrays.copyOf(outcomes, grown);
            rowOf = Arrays.copyOf(rowOf, grown);
            baseOf = Arrays.copyOf(baseOf, grown);
            isOptional = Arrays.copyOf(isOptional, grown);
        }
        if (key == known) {
            outcomes[key] = UNTOUCHED;
            rowOf[key] = RowStore.NONE;
            baseOf[key] = NONE;
            isOptional[key] = false;
        }
        return key;
    }
}
