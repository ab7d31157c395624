package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.RoutedRows.Target;
import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.StoredSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.apache.avro.Schema;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;

/**
 * Rows whose key two chunks of a load hold, because the row moved in the database between the two reads: of each key the row of one chunk stays.
 * Found by hashes of keys, so many at a time as the memory allows, with one pass over the key columns for each portion.
 */
public final class Duplicates {
    private final RowCodec codec;
    private final Schema whole;
    private final WriteOptions options;

    public Duplicates(StoredSpec stored, WriteOptions options) {
        this.codec = new RowCodec(stored);
        this.whole = HoodieAvroUtils.addMetadataFields(codec.schema(), false);
        this.options = options;
    }

    /** Deletes them. */
    public Written remove(OpenCommit open) {
        TableFiles files = open.files();
        if (files.slices().size() < 2) {
            return Written.NOTHING;
        }
        long[] count = {0};
        visit(files, (slice, key) -> count[0]++);
        long portion = Math.max(1, options.memoryBytes() / Long.BYTES);
        long portions = (count[0] + portion - 1) / portion;
        try (RoutedRows routed = new RoutedRows(options.spill(), options.memoryBytes())) {
            for (long number = 0; number < portions; number++) {
                route(files, repeated(files, number, portions), routed);
            }
            return routed.targets().isEmpty()
                    ? Written.NOTHING
                    : new Written(new FileGroups(open, codec, files.slices()).write(routed), Map.of());
        }
    }

    /** Hashes that come more than once, ascending. */
    private long[] repeated(TableFiles files, long number, long portions) {
        long[][] hashes = {new long[1024]};
        int[] size = {0};
        visit(files, (slice, key) -> {
            long hash = hash(key);
            if (Long.remainderUnsigned(hash, portions) == number) {
                if (size[0] == hashes[0].length) {
                    hashes[0] = Arrays.copyOf(hashes[0], size[0] + (size[0] >> 1));
                }
                hashes[0][size[0]++] = hash;
            }
        });
        long[] all = hashes[0];
        Arrays.sort(all, 0, size[0]);
        int found = 0;
        for (int i = 1; i < size[0]; i++) {
            if (all[i] == all[i - 1] && (found == 0 || all[found - 1] != all[i])) {
                all[found++] = all[i];
            }
        }
        return Arrays.copyOf(all, found);
    }

    private void route(TableFiles files, long[] repeated, RoutedRows routed) {
        if (repeated.length == 0) {
            return;
        }
        Map<String, String> first = new HashMap<>();
        visit(files, (slice, key) -> {
            if (Arrays.binarySearch(repeated, hash(key)) >= 0) {
                String fileId = first.putIfAbsent(key, slice.getFileId());
                if (fileId != null && !fileId.equals(slice.getFileId())) {
                    routed.add(
                            new Target(slice.getPartitionPath(), slice.getFileId()),
                            Pending.delete(key, slice.getPartitionPath()));
                }
            }
        });
    }

    private void visit(TableFiles files, BiConsumer<FileSlice, String> visitor) {
        List<FileSlice> slices = files.slices();
        for (FileSlice slice : slices) {
            files.keys(slice, whole, key -> visitor.accept(slice, key));
        }
    }

    private static long hash(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        CRC32C low = new CRC32C();
        low.update(bytes);
        long high = 0;
        for (byte value : bytes) {
            high = (high + value) * 0x9E37_79B9_7F4A_7C15L;
            high ^= high >>> 29;
        }
        return (high << Integer.SIZE) | low.getValue();
    }
}
