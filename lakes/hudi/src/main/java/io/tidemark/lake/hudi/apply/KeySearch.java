package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.commit.WriteOptions.Index;
import io.tidemark.lake.hudi.row.AvroRows;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.common.util.collection.ClosableIterator;

/**
 * Looks the keys of an apply up in the table: which file group holds each, and the values that updates did not send. Every key of a file group is in
 * its base file, because new keys are only ever written to base files, so that finding file groups reads one column of base files; log files are read
 * for what they delete.
 */
final class KeySearch {
    /** More are not named. */
    private static final int MISSING_KEYS_MAX = 100_000;

    private final StoredSpec stored;
    private final RowCodec codec;
    private final Schema whole;
    private final PartitionPaths partitions;
    private final TableFiles files;
    private final List<FileSlice> live;
    private final RowSpill<Pending> rows;
    private final Index index;
    private final List<List<String>> missingKeys = new ArrayList<>();
    private long missing;

    KeySearch(
            StoredSpec stored,
            RowCodec codec,
            TableFiles files,
            List<FileSlice> live,
            RowSpill<Pending> rows,
            Index index) {
        this.stored = stored;
        this.codec = codec;
        this.whole = HoodieAvroUtils.addMetadataFields(codec.schema(), false);
        this.partitions = new PartitionPaths(stored);
        this.files = files;
        this.live = live;
        this.rows = rows;
        this.index = index;
    }

    /** Keys whose rows the mirror does not have. */
    List<List<String>> missingKeys() {
        return missingKeys;
    }

    /** Notes where each key is. */
    void locate(Predicate<String> isTouched) {
        for (FileSlice slice : live) {
            if (isTouched.test(slice.getPartitionPath())
                    && (index == Index.SIMPLE || files.mayHold(slice, this::isAnyIn))) {
                files.keys(slice, whole, key -> locate(slice, key));
            }
        }
    }

    private boolean isAnyIn(Predicate<String> file) {
        return rows.anyMatch(row -> file.test(row.key()));
    }

    private void locate(FileSlice slice, String key) {
        Pending row = rows.find(key);
        if (row == null) {
            return;
        }
        if (row.fileId() != null && !row.fileId().equals(slice.getFileId())) {
            throw new TidemarkException(
                    ErrorCode.LAKE_FILE_CORRUPT,
                    "Cannot apply events to the mirror of "
                            + stored.spec().schema().table()
                            + ": two of its file groups hold a row of the same key (files=" + row.fileId() + ", "
                            + slice.getFileId() + ")");
        }
        rows.put(key, row.at(slice.getPartitionPath(), slice.getFileId()));
    }

    /**
     * Completes rows that lack values.
     *
     * @throws TidemarkException {@code LAKE_ROW_MISSING} when the mirror does not have them
     */
    void fill() {
        Set<String> wanted = new HashSet<>();
        Map<String, List<String>> moved = new HashMap<>();
        rows.forEach(row -> {
            String base = row.base();
            if (!row.isLacking() || base == null) {
                return;
            }
            if (!base.equals(row.key())) {
                moved.computeIfAbsent(base, key -> new ArrayList<>()).add(row.key());
            }
            Pending holder = rows.find(base);
            if (holder != null && holder.fileId() != null) {
                wanted.add(holder.fileId());
            }
        });
        for (FileSlice slice : live) {
            if (wanted.contains(slice.getFileId())) {
                fill(slice, moved);
            }
        }
        rows.forEach(this::requireComplete);
        if (missing > 0) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply updates of " + stored.spec().schema().table()
                            + ": they leave columns unchanged, and the mirror has no rows of their keys (missing="
                            + missing + ")");
        }
    }

    private void fill(FileSlice slice, Map<String, List<String>> moved) {
        int keyPlace = whole.getField(HoodieRecord.RECORD_KEY_METADATA_FIELD).pos();
        int[] places = codec.places(whole);
        try (ClosableIterator<IndexedRecord> found = files.read(slice, whole, whole)) {
            while (found.hasNext()) {
                IndexedRecord record = found.next();
                String key = record.get(keyPlace).toString();
                Pending own = rows.find(key);
                if (own != null && own.isLacking() && key.equals(own.base())) {
                    rows.put(key, completed(own, record, places));
                }
                for (String other : moved.getOrDefault(key, List.of())) {
                    Pending lacking = rows.find(other);
                    if (lacking != null && lacking.isLacking()) {
                        rows.put(other, completed(lacking, record, places));
                    }
                }
            }
        }
    }

    private Pending completed(Pending lacking, IndexedRecord found, int[] places) {
        IndexedRecord row = codec.decode(lacking.requiredRow());
        lacking.lacking().stream().forEach(column -> row.put(column, found.get(places[column])));
        return lacking.completed(codec.encode(row)).in(partitions.path(row));
    }

    private void requireComplete(Pending row) {
        if (!row.isLacking() || row.isOptional()) {
            return;
        }
        missing++;
        if (missingKeys.size() < MISSING_KEYS_MAX) {
            missingKeys.add(texts(row));
        }
    }

    private List<String> texts(Pending row) {
        RowSchema schema = stored.spec().schema();
        IndexedRecord record = codec.decode(row.requiredRow());
        List<String> texts = new ArrayList<>();
        for (int index : schema.keyIndexes()) {
            Column column = schema.columns().get(index);
            ColumnVector vector = ColumnVector.of(column.type(), 1);
            AvroRows.append(vector, record.get(index));
            texts.add(CanonicalText.text(vector, 0));
        }
        return List.copyOf(texts);
    }
}
