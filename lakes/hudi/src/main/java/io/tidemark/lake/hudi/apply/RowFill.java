package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.StoredSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.common.util.collection.ClosableIterator;
import org.jspecify.annotations.Nullable;

/** Completes rows that lack values with those of the mirror's rows, and ends the contest of rows with those that the mirror has of their keys. */
final class RowFill {
    private final RowCodec codec;
    private final PartitionPaths partitions;
    private final TableFiles files;
    private final RowSpill<Pending> rows;
    private final @Nullable RowOrder order;

    RowFill(StoredSpec stored, RowCodec codec, TableFiles files, RowSpill<Pending> rows) {
        this.codec = codec;
        this.partitions = new PartitionPaths(stored);
        this.files = files;
        this.rows = rows;
        this.order = RowOrder.of(stored).orElse(null);
    }

    /** Settles the rows that need rows of these slices. */
    void run(List<FileSlice> slices) {
        Map<String, List<String>> moved = new HashMap<>();
        rows.forEach(row -> {
            String base = row.base();
            if (row.isLacking() && base != null && !base.equals(row.key())) {
                moved.computeIfAbsent(base, key -> new ArrayList<>()).add(row.key());
            }
        });
        Schema whole = HoodieAvroUtils.addMetadataFields(codec.schema(), false);
        int keyPlace = whole.getField(HoodieRecord.RECORD_KEY_METADATA_FIELD).pos();
        int[] places = codec.places(whole);
        for (FileSlice slice : slices) {
            try (ClosableIterator<IndexedRecord> found = files.read(slice, whole, whole)) {
                while (found.hasNext()) {
                    IndexedRecord record = found.next();
                    String key = record.get(keyPlace).toString();
                    Pending own = rows.find(key);
                    if (own != null && own.isLacking() && key.equals(own.base())) {
                        rows.put(key, completed(own, record, places));
                    } else if (own != null && own.isContested()) {
                        rows.put(key, decided(own, record, places));
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
    }

    /** The row as it is, or what becomes of it when the mirror's row is later: that one stays, or is deleted if the new one was. */
    private Pending decided(Pending own, IndexedRecord found, int[] places) {
        RowOrder by = Objects.requireNonNull(order);
        IndexedRecord row = codec.decode(own.requiredRow());
        IndexedRecord mirrored = codec.project(found, places);
        if (codec.isDeleted(mirrored) || !by.isEarlier(row, mirrored)) {
            return own.completed(own.requiredRow());
        }
        if (!codec.isDeleted(row)) {
            return own.kept();
        }
        mirrored.put(codec.columns(), row.get(codec.columns()));
        return own.completed(codec.encode(mirrored)).in(partitions.path(mirrored));
    }

    private Pending completed(Pending lacking, IndexedRecord found, int[] places) {
        IndexedRecord row = codec.decode(lacking.requiredRow());
        lacking.lacking().stream().forEach(column -> row.put(column, found.get(places[column])));
        return lacking.completed(codec.encode(row)).in(partitions.path(row));
    }
}
