package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.PendingCommit;
import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.lake.SpreadApply.Routes;
import io.tidemark.spi.lake.SpreadApply.Steps;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.client.WriteStatus;
import org.apache.hudi.common.model.FileSlice;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a spread apply after the fold. A group is a file group of the table, by its id; new ones of a partition ({@link #NEW}); or that of rows
 * whose values the mirror does not have ({@link #MISSING}).
 */
final class SpreadSteps implements Steps {
    private static final long serialVersionUID = 1L;

    /** Begins the names of groups of rows for new file groups: {@code +lane/partition}. */
    private static final String NEW = "+";

    private static final String MISSING = "!";

    private final PendingCommit commit;
    private final SpreadKeys keys;

    SpreadSteps(PendingCommit commit, SpreadKeys keys) {
        this.commit = commit;
        this.keys = keys;
    }

    @Override
    public int groups() {
        return commit.slices().size();
    }

    @Override
    public boolean isUnsettled() {
        return keys.isUnsettled();
    }

    @Override
    public void search(Iterator<Integer> groups, BiConsumer<byte[], byte[]> found) {
        TableFiles files = commit.files();
        Schema whole = HoodieAvroUtils.addMetadataFields(codec().schema(), false);
        groups.forEachRemaining(number -> {
            FileSlice slice = commit.slices().get(number);
            if (keys.isTouched(slice.getPartitionPath())) {
                files.search(slice, whole, keys::anyMatch, text -> {
                    byte[] key = text.getBytes(StandardCharsets.UTF_8);
                    if (keys.contains(key)) {
                        found.accept(
                                key,
                                ByteBuffer.allocate(Integer.BYTES + key.length)
                                        .putInt(number)
                                        .put(key)
                                        .array());
                    }
                });
            }
        });
    }

    @Override
    public BiConsumer<byte[], Routes> router(Iterator<byte[]> places) {
        Map<String, FileSlice> held = new HashMap<>();
        places.forEachRemaining(place -> {
            FileSlice slice = commit.slices().get(ByteBuffer.wrap(place).getInt());
            String key = new String(place, Integer.BYTES, place.length - Integer.BYTES, StandardCharsets.UTF_8);
            FileSlice other = held.put(key, slice);
            if (other != null) {
                throw KeySearch.heldTwice(stored().spec().schema().table(), other.getFileId(), slice.getFileId());
            }
        });
        return (bytes, to) -> route(Pending.CODEC.decode(bytes), held, to);
    }

    private void route(Pending row, Map<String, FileSlice> held, Routes to) {
        FileSlice own = held.get(row.key());
        Pending located = own == null ? row : row.at(own.getPartitionPath(), own.getFileId());
        if (own != null && located.isContested()) {
            to.send(own.getFileId(), Pending.CODEC.encode(located));
            return;
        }
        if (!located.isLacking()) {
            send(located, to);
            return;
        }
        FileSlice holder = row.base() == null ? null : held.get(row.base());
        if (holder != null) {
            to.send(holder.getFileId(), Pending.CODEC.encode(located));
        } else if (!row.isOptional()) {
            to.send(MISSING, Pending.CODEC.encode(located));
        }
    }

    private void send(Pending row, Routes to) {
        row.route((target, part) -> to.send(
                target.fileId().isEmpty()
                        ? NEW + keys.lane(part.key(), target.partition()) + "/" + target.partition()
                        : target.fileId(),
                Pending.CODEC.encode(part)));
    }

    @Override
    public void complete(String group, Iterator<byte[]> rows, Routes to) {
        FileSlice slice = find(group);
        if (slice == null) {
            rows.forEachRemaining(row -> to.send(group, row));
            return;
        }
        WriteOptions options = commit.options().inTask();
        try (RowSpill<Pending> unsettled = new RowSpill<>(options.spill(), options.memoryBytes(), Pending.CODEC)) {
            rows.forEachRemaining(bytes -> {
                Pending row = Pending.CODEC.decode(bytes);
                if (row.isUnsettled()) {
                    unsettled.put(row.key(), row);
                } else {
                    to.send(group, bytes);
                }
            });
            if (!unsettled.isEmpty()) {
                new RowFill(stored(), codec(), commit.files(), unsettled).run(List.of(slice));
                unsettled.forEach(row -> {
                    if (!row.isLacking()) {
                        send(row, to);
                    } else if (!row.isOptional()) {
                        to.send(MISSING, Pending.CODEC.encode(row));
                    }
                });
            }
        }
    }

    @Override
    public Serializable write(String group, Iterator<byte[]> rows, long attempt) {
        RowCodec codec = codec();
        MissingKeys missing = new MissingKeys();
        if (group.equals(MISSING)) {
            rows.forEachRemaining(row ->
                    missing.add(Pending.CODEC.decode(row), stored().spec().schema(), codec));
            return new GroupWritten(List.of(), missing);
        }
        Iterator<Pending> decoded = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Pending next() {
                return Pending.CODEC.decode(rows.next());
            }
        };
        OpenCommit open = commit.open(attempt);
        FileSlice slice = find(group);
        List<WriteStatus> statuses = slice == null
                ? new FileGroups(open, codec, List.of()).create(group.substring(group.indexOf('/') + 1), decoded)
                : new FileGroups(open, codec, List.of(slice))
                        .update(new RoutedRows.Target(slice.getPartitionPath(), group), decoded);
        commit.requirePending(open, statuses);
        return new GroupWritten(statuses, missing);
    }

    private @Nullable FileSlice find(String group) {
        for (FileSlice slice : commit.slices()) {
            if (slice.getFileId().equals(group)) {
                return slice;
            }
        }
        return null;
    }

    private StoredSpec stored() {
        return commit.stored();
    }

    private RowCodec codec() {
        return new RowCodec(stored());
    }

    /**
     * What writing a group came to.
     *
     * @param statuses files written
     * @param missing keys of rows whose values the mirror does not have
     */
    record GroupWritten(List<WriteStatus> statuses, MissingKeys missing) implements Serializable {}
}
