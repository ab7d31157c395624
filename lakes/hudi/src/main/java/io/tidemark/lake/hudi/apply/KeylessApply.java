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
    void take(ChangeBatch batch, int row) {
        switch (batch.operation(row)) {
            case INSERT -> add(codec.encode(codec.record(batch, row)));
            case DELETE -> takeAway(fullRow(batch, row), batch.commitMicros(row));
            case BEFORE -> {
                before = fullRow(batch, row);
                takeAway(before, batch.commitMicros(row));
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
        add(codec.encode(made));
        before = null;
    }

    private void add(byte[] row) {
        String name = name(row);
        Tally known = rows.find(name);
        rows.put(name, known == null ? new Tally(row, 1, new long[0], new long[0]) : known.add());
    }

    private void takeAway(IndexedRecord record, long micros) {
        byte[] row = codec.encode(record);
        String name = name(row);
        Tally known = rows.find(name);
        Tally present = known == null ? new Tally(row, 0, new long[0], new long[0]) : known;
        rows.put(name, present.take(micros, isSoft));
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
    void truncate() {
        rows.clear();
        before = null;
    }

    @Override
    boolean isInsidePair() {
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

    private void addToMirror(Tally tally, RoutedRows routed) {
        String partition = partitions.path(codec.decode(tally.row()));
        for (int i = 0; i < tally.added(); i++) {
            routed.add(new Target(partition, ""), Pending.upsert(prefix + numbered++, tally.row(), partition));
            countUpserted();
        }
        for (long micros : tally.addedDeleted()) {
            routed.add(
                    new Target(partition, ""),
                    Pending.upsert(prefix + numbered++, deleted(tally.row(), micros), partition));
            countUpserted();
        }
    }

    private void takeFromMirror(OpenCommit open, List<FileSlice> live, RoutedRows routed) {
        long[] missing = {0};
        rows.forEach(tally -> missing[0] += tally.taken().length);
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
                    if (tally != null && taken < tally.taken().length) {
                        found.put(name, taken + 1);
                        missing[0]--;
                        take(slice, record.get(keyPlace).toString(), row, tally.taken()[taken], routed);
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

    /** A soft-deleted row of the mirror is no equal row: it has the time of its delete. */
    private void take(FileSlice slice, String key, byte[] row, long micros, RoutedRows routed) {
        String partition = slice.getPartitionPath();
        countDeleted();
        if (isSoft) {
            countUpserted();
        }
        routed.add(
                new Target(partition, slice.getFileId()),
                isSoft ? Pending.upsert(key, deleted(row, micros), partition) : Pending.delete(key, partition));
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
