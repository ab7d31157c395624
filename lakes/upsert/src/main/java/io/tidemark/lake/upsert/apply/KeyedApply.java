package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.index.IndexHeader;
import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyLocations;
import io.tidemark.lake.upsert.index.KeySort;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upsert of a table with a key. Rounds: fold events by key, look the keys' old rows up in key order, fetch values that updates did not send, write
 * the new rows as one file in key order, mark the old ones. The last round's outcome stays in memory; an earlier one's is staged in the index when
 * another round begins, so that rows written by this very apply are found, and are nothing if it fails.
 */
public final class KeyedApply extends MirrorApply {
    private static final Logger LOG = LoggerFactory.getLogger(KeyedApply.class);

    private final KeyLocations index;
    private final ApplyLimits limits;
    private final Listener listener;
    private final KeyedRound round;
    private List<List<String>> missingKeys = List.of();
    private @Nullable Last last;

    /** Takes note of what became of the apply. */
    public interface Listener {
        /** The commit succeeded, the index could not follow. */
        void indexFailed();

        /** The apply ended, whatever came of it. */
        void ended();
    }

    public KeyedApply(
            PendingChanges changes,
            KeyLocations index,
            LakeProgress expected,
            long fence,
            ApplyLimits limits,
            Listener listener) {
        super(changes, expected, fence);
        this.index = index;
        this.limits = limits;
        this.listener = listener;
        this.round = new KeyedRound(changes.spec());
    }

    @Override
    void take(ChangeBatch batch, int row) {
        switch (batch.operation(row)) {
            case INSERT -> round.insert(batch, row);
            case UPDATE -> round.update(batch, row);
            case DELETE -> round.delete(batch, row);
            case BEFORE -> round.before(batch, row);
            case TRUNCATE -> throw new IllegalStateException("Cannot take a truncate as an event of a key");
        }
    }

    @Override
    public List<List<String>> missingKeys() {
        return missingKeys;
    }

    @Override
    void truncate() {
        round.clear();
        last = null;
        index.discardStaged();
    }

    @Override
    boolean isFull() {
        boolean isFull = round.size() >= limits.roundKeys() || round.byteSize() >= limits.roundBytes();
        return isFull && !round.isInsidePair();
    }

    @Override
    void endRound() {
        if (round.isInsidePair()) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROTOCOL,
                    "Cannot apply events of " + changes().spec().schema().table()
                            + ": a BEFORE event has no UPDATE after it");
        }
        if (round.size() == 0) {
            return;
        }
        if (last != null) {
            index.stage(last.keys, last.order, last.locations);
            last = null;
        }
        KeyArena keys = round.keys();
        int[] order = KeySort.order(keys);
        long[] locations = new long[keys.size()];
        index.lookup(keys, order, !changes().isCleared(), locations);
        RoundWriter writer = new RoundWriter(changes(), index, round, order, locations);
        long[] next = writer.write();
        missingKeys = writer.missingKeys();
        if (!missingKeys.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply updates of "
                            + changes().spec().schema().table()
                            + ": they leave columns unchanged, and the mirror has no rows of their keys (missing="
                            + missingKeys.size() + ")");
        }
        // The round's keys are handed over, so the next round starts with its own.
        last = new Last(copy(keys), order, next);
        round.clear();
    }

    @Override
    void committed(PendingChanges.Outcome outcome) {
        Last end = last == null ? new Last(new KeyArena(0), new int[0], new long[0]) : last;
        List<String> added = changes().added().stream().map(StoredFile::path).toList();
        LakeProgress progress = outcome.committed().progress();
        IndexHeader header =
                new IndexHeader(outcome.committed().version().tableUuid(), progress.loadId(), progress.version());
        try {
            index.publish(
                    end.keys, end.order, end.locations, added, path -> changes().find(path) != null, header);
        } catch (TidemarkException e) {
            // The table is the truth; the index catches up from it when it is opened again.
            LOG.warn(
                    "Left a key index behind its table table={} reason={}",
                    changes().spec().schema().table(),
                    e.reason());
            listener.indexFailed();
        }
    }

    @Override
    void release() {
        try {
            index.discardStaged();
        } finally {
            listener.ended();
        }
    }

    private static KeyArena copy(KeyArena keys) {
        KeyArena copy = new KeyArena(keys.size());
        for (int key = 0; key < keys.size(); key++) {
            copy.add(keys.data(), keys.start(key), keys.end(key));
        }
        return copy;
    }

    /** Outcome of the newest round. */
    private static final class Last {
        final KeyArena keys;
        final int[] order;
        final long[] locations;

        Last(KeyArena keys, int[] order, long[] locations) {
            this.keys = keys;
            this.order = order;
            this.locations = locations;
        }
    }
}
