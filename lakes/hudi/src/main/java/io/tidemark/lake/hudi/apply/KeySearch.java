package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;

/**
 * Looks the keys of an apply up in the table: which file group holds each, and the values that updates did not send. Every key of a file group is in
 * its base file, because new keys are only ever written to base files, so that finding file groups reads one column of base files; log files are read
 * for what they delete.
 */
final class KeySearch {
    private final StoredSpec stored;
    private final RowCodec codec;
    private final TableFiles files;
    private final List<FileSlice> live;
    private final RowSpill<Pending> rows;

    KeySearch(StoredSpec stored, RowCodec codec, TableFiles files, List<FileSlice> live, RowSpill<Pending> rows) {
        this.stored = stored;
        this.codec = codec;
        this.files = files;
        this.live = live;
        this.rows = rows;
    }

    /** Notes where each key is. */
    void locate(Predicate<String> isTouched) {
        Schema whole = HoodieAvroUtils.addMetadataFields(codec.schema(), false);
        for (FileSlice slice : live) {
            if (isTouched.test(slice.getPartitionPath())) {
                files.search(slice, whole, this::isAnyIn, key -> locate(slice, key));
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
        String fileId = row.fileId();
        if (fileId != null && !fileId.equals(slice.getFileId())) {
            throw heldTwice(stored.spec().schema().table(), fileId, slice.getFileId());
        }
        rows.put(key, row.at(slice.getPartitionPath(), slice.getFileId()));
    }

    /** Completes rows that lack values, and drops those that are contested by later ones; where the mirror has no row, they stay as they are. */
    void settle() {
        Set<String> wanted = new HashSet<>();
        rows.forEach(row -> {
            if (row.isContested() && row.fileId() != null) {
                wanted.add(row.fileId());
            }
            Pending holder = row.isLacking() && row.base() != null ? rows.find(row.base()) : null;
            if (holder != null && holder.fileId() != null) {
                wanted.add(holder.fileId());
            }
        });
        new RowFill(stored, codec, files, rows)
                .run(live.stream()
                        .filter(slice -> wanted.contains(slice.getFileId()))
                        .toList());
    }

    static TidemarkException heldTwice(TableId table, String one, String other) {
        return new TidemarkException(
                ErrorCode.LAKE_FILE_CORRUPT,
                "Cannot apply events to the mirror of " + table
                        + ": two of its file groups hold a row of the same key (files=" + one + ", " + other + ")");
    }
}
