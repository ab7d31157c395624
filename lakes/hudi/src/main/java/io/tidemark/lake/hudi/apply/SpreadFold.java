package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.RecordKeys;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.SpreadApply.Fold;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The fold of a spread apply. Keys are record keys. */
final class SpreadFold implements Fold {
    private static final long serialVersionUID = 1L;

    private final StoredSpec stored;
    private final WriteOptions options;
    private final LakeProgress expected;
    private transient volatile @Nullable RecordKeys keys;

    SpreadFold(StoredSpec stored, WriteOptions options, LakeProgress expected) {
        this.stored = stored;
        this.options = options;
        this.expected = expected;
    }

    @Override
    public byte[] key(ChangeBatch batch, int row) {
        RecordKeys known = keys;
        if (known == null) {
            known = new RecordKeys(stored);
            keys = known;
        }
        return known.text(batch, row).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Serializable fold(Iterator<ChangeBatch> events, Consumer<byte[]> rows) {
        try (RowSpill<Pending> folded =
                new RowSpill<>(options.inTask().spill(), options.memoryBytes(), Pending.CODEC)) {
            KeyedFold fold = new KeyedFold(stored, new RowCodec(stored), folded);
            Intake intake = new Intake(stored.spec(), expected, fold);
            events.forEachRemaining(intake::add);
            intake.requireWhole();
            KeyArena found = new KeyArena(0);
            Map<String, Long> bytes = new HashMap<>();
            folded.forEach(row -> {
                byte[] key = row.key().getBytes(StandardCharsets.UTF_8);
                found.add(key, 0, key.length);
                byte[] encoded = Pending.CODEC.encode(row);
                bytes.merge(row.partition() == null ? "" : row.partition(), (long) encoded.length, Long::sum);
                rows.accept(encoded);
            });
            return new Folded(intake.isCleared(), fold.isUnsettled(), found, Set.copyOf(fold.touched()), bytes);
        }
    }

    /**
     * What a bucket's events came to.
     *
     * @param isCleared whether everything is gone that the table held
     * @param isUnsettled whether rows need those of the mirror
     * @param keys keys of the rows
     * @param touched partitions that hold them, as far as keys tell their partition
     * @param bytes about the bytes of the rows for each partition, as far as it is known
     */
    record Folded(boolean isCleared, boolean isUnsettled, KeyArena keys, Set<String> touched, Map<String, Long> bytes)
            implements Serializable {}
}
