package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.RoutedRows.Target;
import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.schema.BeforeImage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.common.util.collection.ClosableIterator;
import org.jspecify.annotations.Nullable;

/**
 * Upsert of a table without a key. Each row has a record key of its own, which nothing of the source tells: rows to take away are found by reading
 * the table until all are found.
 */
public final class KeylessApply extends MirrorApply {
    private final RowCodec codec;
    private final PartitionPaths partitions;
    private final RowSpill<Tally> rows;
    private final boolean isSoft;
    private final String prefix = UUID.randomUUID() + "_";
    private long numbered;
    private @Nullable IndexedRecord before;

    public KeylessApply(TableCommits commits, LakeProgress expected, long fence, WriteOptions options, Runnable onEnd) {
        super(commits, expected, fence, options, onEnd);
        this.codec = new RowCodec(commits.stored());
        this.partitions = new PartitionPaths(commits.stored());
        this.rows = new RowSpill<>(options.spill(), options.memoryBytes(), Tally.CODEC);
        this.isSoft = commits.stored().isSoft();
    }

    @Override
    public void take(ChangeBatch batch, int row) {
        switch (batch.operation(row)) {
            case INSERT -> count(codec.record(batch, row), tally -> tally.more(1));
            case DELETE ->
                count(
                        fullRow(batch, row),
                        tally -> isSoft ? tally.softDeleted(batch.commitMicros(row)) : tally.more(-1));
            case BEFORE -> {
                before = fullRow(batch, row);
                count(before, tally -> tally.more(-1));
            }
            case UPDATE -> update(batch, row);
            case TRUNCATE -> throw new IllegalStateException("Cannot take a truncate as an event of a row");
        }
    }

    private void update(ChangeBatch batch, int row) {
        IndexedRecord old = before;
        if (old == null) {
            throw incomplete();
        }
        IndexedRecord made = codec.record(batch, row);
        for (int column = 0; column < codec.columns(); column++) {
            if (batch.column(column).isUnchanged(row)) {
                made.put(column, old.get(column));
            }
        }
        count(made, tally -> tally.more(1));
        before = null;
    }

    private void count(IndexedRecord record, UnaryOperator<Tally> change) {
        byte[] row = codec.encode(record);
        String name = name(row);
        Tally known = rows.find(name);
        rows.put(name, change.apply(known == null ? Tally.of(row) : known));
    }

    private IndexedRecord fullRow(ChangeBatch batch, int row) {
        if (batch.schema().beforeImage() != BeforeImage.FULL) {
            throw incomplete();
        }
        return codec.record(batch, row);
    }

    private TidemarkException incomplete() {
        return new TidemarkException(
                ErrorCode.SOURCE_PROTOCOL,
                "Cannot apply events of " + spec().schema().table()
                        + ": it has no key, and an update or delete came without the full old row");
    }

    @Override
    public void truncate() {
        rows.clear();
        before = null;
    }

    @Override
    public boolean isInsidePair() {
        return before != null;
    }

    @Override
    public List<List<String>> missingKeys() {
        return List.of();
    }

    @Override
    Written write(OpenCommit open, List<FileSlice> live) {
        if (rows.isEmpty()) {
            return Written.NOTHING;
        }
        try (RoutedRows routed = new RoutedRows(options().spill(), options().memoryBytes())) {
            takeFromMirror(open, live, routed);
            rows.forEach(tally -> addToMirror(tally, routed));
            return new Written(new FileGroups(open, codec, live).write(routed), Map.of());
        }
    }

    /** Rows of which there are more, and deleted ones for which no row of the mirror could be marked. */
    private void addToMirror(Tally tally, RoutedRows routed) {
        String partition = partitions.path(codec.decode(tally.row()));
        for (int i = 0; i < tally.surplus(); i++) {
            add(tally.row(), partition, routed);
        }
        for (int i = tally.missing(); i < tally.deleted().length; i++) {
            add(deleted(tally.row(), tally.deleted()[i]), partition, routed);
        }
    }

    private void add(byte[] row, String partition, RoutedRows routed) {
        routed.add(new Target(partition, ""), Pending.upsert(prefix + numbered++, row, partition));
    }

    private void takeFromMirror(OpenCommit open, List<FileSlice> live, RoutedRows routed) {
        long[] missing = {0};
        rows.forEach(tally -> missing[0] += tally.missing());
        Map<String, Integer> found = new HashMap<>();
        Schema whole = HoodieAvroUtils.addMetadataFields(codec.schema(), false);
        int keyPlace = whole.getField(HoodieRecord.RECORD_KEY_METADATA_FIELD).pos();
        int[] places = codec.places(whole);
        for (FileSlice slice : missing[0] == 0 ? List.<FileSlice>of() : live) {
            try (ClosableIterator<IndexedRecord> records = open.files().read(slice, whole, whole)) {
                while (missing[0] > 0 && records.hasNext()) {
                    IndexedRecord record = records.next();
                    byte[] row = codec.encode(codec.project(record, places));
                    String name = name(row);
                    Tally tally = rows.find(name);
                    int taken = found.getOrDefault(name, 0);
                    if (tally != null && taken < tally.missing()) {
                        found.put(name, taken + 1);
                        missing[0]--;
                        String key = record.get(keyPlace).toString();
                        routed.add(
                                new Target(slice.getPartitionPath(), slice.getFileId()),
                                taken(slice.getPartitionPath(), key, tally, taken));
                    }
                }
            }
        }
        // Such a table is loaded at one cut, and the events after it name rows as they are in the mirror.
        if (missing[0] > 0) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply events of " + spec().schema().table()
                            + ": they delete or update rows that the mirror does not have (missing=" + missing[0]
                            + ")");
        }
    }

    /** A row of the mirror goes, or is marked as deleted. One that is marked is no equal row any more: it has the time of its delete. */
    private Pending taken(String partition, String key, Tally tally, int place) {
        if (place >= tally.deleted().length) {
            return Pending.delete(key, partition);
        }
        return Pending.upsert(key, deleted(tally.row(), tally.deleted()[place]), partition);
    }

    private byte[] deleted(byte[] row, long micros) {
        IndexedRecord record = codec.decode(row);
        record.put(codec.columns(), micros);
        return codec.encode(record);
    }

    /** Bytes as a text that is equal when they are. */
    private static String name(byte[] row) {
        return new String(row, StandardCharsets.ISO_8859_1);
    }

    @Override
    void release() {
        rows.close();
    }
}
