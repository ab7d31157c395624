package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.RecordKeys;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.TableId;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events folded into one outcome for each key, as they come. A row version may lack values that an update did not send; then it says which key's row
 * in the mirror has them. Not thread-safe.
 */
final class KeyedFold implements EventTaker {
    private final TableId table;
    private final RowSpill<Pending> rows;
    private final RowCodec codec;
    private final RecordKeys keys;
    private final PartitionPaths partitions;
    private final boolean isSoft;

    private final @Nullable RowOrder order;

    /** Key of the BEFORE event whose UPDATE has not come yet. */
    private @Nullable String beforeKey;

    /** Its row, when it carried all columns. */
    private @Nullable IndexedRecord beforeRow;

    /** The partition of that key, if the key tells it. */
    private @Nullable String beforePartition;

    /** Whether any row needs the mirror's. */
    private boolean isUnsettled;

    /** Partitions that hold the keys, as far as keys tell their partition. */
    private final Set<String> touched = new HashSet<>();

    KeyedFold(StoredSpec stored, RowCodec codec, RowSpill<Pending> rows) {
        this.order = RowOrder.of(stored).orElse(null);
        this.table = stored.spec().schema().table();
        this.rows = rows;
        this.codec = codec;
        this.keys = new RecordKeys(stored);
        this.partitions = new PartitionPaths(stored);
        this.isSoft = stored.isSoft();
    }

    @Override
    public boolean isInsidePair() {
        return beforeKey != null;
    }

    boolean isUnsettled() {
        return isUnsettled;
    }

    @Override
    public void take(ChangeBatch batch, int row) {
        switch (batch.operation(row)) {
            case INSERT -> insert(batch, row);
            case UPDATE -> update(batch, row);
            case DELETE -> delete(batch, row);
            case BEFORE -> before(batch, row);
            case TRUNCATE -> throw new IllegalStateException("Cannot take a truncate as an event of a key");
        }
    }

    @Override
    public void truncate() {
        rows.clear();
        beforeKey = null;
        beforeRow = null;
        beforePartition = null;
        isUnsettled = false;
        touched.clear();
    }

    /** Partitions that hold the keys, as far as keys tell their partition. */
    Set<String> touched() {
        return touched;
    }

    /** Whether keys may be in this partition of the mirror. */
    boolean isTouched(String partition) {
        return !partitions.isOfKey() || touched.contains(partition);
    }

    private void insert(ChangeBatch batch, int row) {
        String key = keys.text(batch, row);
        IndexedRecord made = codec.record(batch, row);
        live(key, made, unchanged(batch, row), null);
    }

    private void before(ChangeBatch batch, int row) {
        beforeKey = keys.text(batch, row);
        IndexedRecord old = codec.record(batch, row);
        beforeRow = batch.schema().beforeImage() == BeforeImage.FULL ? old : null;
        beforePartition = keyPartition(old);
    }

    private void update(ChangeBatch batch, int row) {
        String key = keys.text(batch, row);
        String old = beforeKey == null ? key : beforeKey;
        IndexedRecord made = codec.record(batch, row);
        BitSet lacking = unchanged(batch, row);
        String base = null;
        if (!lacking.isEmpty() && beforeRow != null) {
            copy(beforeRow, made, lacking);
            lacking = Pending.COMPLETE;
        } else if (!lacking.isEmpty()) {
            Pending source = rows.find(old);
            if (source == null) {
                base = old;
            } else if (!source.isDelete()) {
                BitSet missing = (BitSet) lacking.clone();
                missing.and(source.lacking());
                BitSet known = (BitSet) lacking.clone();
                known.andNot(missing);
                copy(codec.decode(source.requiredRow()), made, known);
                lacking = missing;
                base = source.base();
            }
        }
        if (!old.equals(key)) {
            // After the new version took its values from the old key's row.
            remove(old, beforePartition, batch, row);
        }
        live(key, made, lacking, base);
        beforeKey = null;
        beforeRow = null;
        beforePartition = null;
    }

    private void delete(ChangeBatch batch, int row) {
        String key = keys.text(batch, row);
        if (isSoft && order == null && batch.schema().beforeImage() == BeforeImage.FULL) {
            put(key, deleted(codec.record(batch, row), batch, row), Pending.COMPLETE, null, false, false);
        } else if (isSoft && rows.find(key) == null) {
            BitSet lacking = new BitSet();
            lacking.set(0, codec.columns());
            for (int column : keys.columns()) {
                lacking.clear(column);
            }
            put(key, deleted(codec.record(batch, row), batch, row), lacking, key, false, true);
        } else if (isSoft) {
            remove(key, null, batch, row);
        } else {
            remove(key, keyPartition(codec.record(batch, row)), batch, row);
        }
    }

    private void remove(String key, @Nullable String partition, ChangeBatch batch, int row) {
        if (!isSoft) {
            touch(partition);
            rows.put(key, Pending.delete(key, partition));
            return;
        }
        Pending known = rows.find(key);
        if (known != null && !known.isDelete()) {
            // The row as it last was; what it lacked it still lacks, and an absent row may stay absent.
            IndexedRecord last = deleted(codec.decode(known.requiredRow()), batch, row);
            put(key, last, known.lacking(), known.base(), known.isContested(), known.isOptional());
        } else {
            BitSet lacking = new BitSet();
            lacking.set(0, codec.columns());
            touch(partition);
            put(key, deleted(codec.empty(), batch, row), lacking, key, false, true);
        }
    }

    private void touch(@Nullable String partition) {
        if (partition != null) {
            touched.add(partition);
        }
    }

    /** A living row version, which the last event of the key brought. */
    private void live(String key, IndexedRecord row, BitSet lacking, @Nullable String base) {
        boolean isContested = false;
        if (order != null) {
            if (!lacking.isEmpty()) {
                throw LatestBy.lacking(table);
            }
            Pending known = rows.find(key);
            IndexedRecord before = known == null || known.isDelete() ? null : codec.decode(known.requiredRow());
            if (known == null) {
                isContested = true;
            } else if (before != null && !codec.isDeleted(before)) {
                if (order.isEarlier(row, before)) {
                    return;
                }
                isContested = known.isContested();
            }
        }
        put(key, row, lacking, base, isContested, false);
    }

    private void put(
            String key,
            IndexedRecord row,
            BitSet lacking,
            @Nullable String base,
            boolean isContested,
            boolean isOptional) {
        isUnsettled |= isContested || !lacking.isEmpty();
        String partition = partition(row, lacking);
        touch(partition);
        rows.put(
                key,
                new Pending(key, codec.encode(row), lacking, base, isContested, isOptional, partition, null, null));
    }

    private @Nullable String partition(IndexedRecord row, BitSet lacking) {
        for (int column : partitions.columns()) {
            if (lacking.get(column)) {
                return null;
            }
        }
        return partitions.path(row);
    }

    private @Nullable String keyPartition(IndexedRecord row) {
        return partitions.isOfKey() ? partitions.path(row) : null;
    }

    private IndexedRecord deleted(IndexedRecord row, ChangeBatch batch, int at) {
        row.put(codec.columns(), batch.commitMicros(at));
        return row;
    }

    private static void copy(IndexedRecord from, IndexedRecord to, BitSet columns) {
        columns.stream().forEach(column -> to.put(column, from.get(column)));
    }

    private BitSet unchanged(ChangeBatch batch, int row) {
        BitSet unchanged = new BitSet();
        for (int i = 0; i < codec.columns(); i++) {
            if (batch.column(i).isUnchanged(row)) {
                unchanged.set(i);
            }
        }
        return unchanged;
    }
}
