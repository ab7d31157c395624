package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.FileRows;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.parquet.ParquetBatch;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Upsert of a table without a key. Rows to take away are found by reading the table, newest files first, until all are found: there is no index
 * of whole rows, because such tables are histories that are nearly always only appended to.
 */
public final class KeylessApply extends MirrorApply {
    private final ApplyLimits limits;
    private final KeyedApply.Listener listener;
    private final KeylessRound round;
    private final Map<String, RoaringBitmap> taken = new HashMap<>();

    public KeylessApply(
            PendingChanges changes,
            LakeProgress expected,
            long fence,
            ApplyLimits limits,
            KeyedApply.Listener listener) {
        super(changes, expected, fence);
        this.limits = limits;
        this.listener = listener;
        this.round = new KeylessRound(changes.spec());
    }

    @Override
    void take(ChangeBatch batch, int row) {
        switch (batch.operation(row)) {
            case INSERT -> round.insert(batch, row);
            case UPDATE -> round.update(batch, row);
            case DELETE -> round.delete(batch, row);
            case BEFORE -> round.before(batch, row);
            case TRUNCATE -> throw new IllegalStateException("Cannot take a truncate as an event of a row");
        }
    }

    @Override
    public List<List<String>> missingKeys() {
        return List.of();
    }

    @Override
    void truncate() {
        round.clear();
        taken.clear();
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
        // Before the search, which counts up to zero what is to be taken away.
        int[] rows = round.rowsToWrite();
        takeAway(round.missing());
        if (rows.length > 0) {
            changes().write(round.rows().columns(), rows);
        }
        round.clear();
    }

    @Override
    void committed(PendingChanges.Outcome outcome) {
        // There is no index that has to follow.
    }

    @Override
    void release() {
        listener.ended();
    }

    private void takeAway(long count) {
        long missing = count;
        DeletedRowsReader deletedRows = changes().files().deletedRows();
        for (Candidate candidate : missing == 0 ? List.<Candidate>of() : candidates()) {
            missing -= takeAway(candidate, deletedRows, missing);
            if (missing == 0) {
                return;
            }
        }
        // Such a table is loaded at one cut, and the events after it name rows as they are in the mirror.
        if (missing > 0) {
            throw new TidemarkException(
                    ErrorCode.LAKE_ROW_MISSING,
                    "Cannot apply events of "
                            + changes().spec().schema().table()
                            + ": they delete or update rows that the mirror does not have (missing=" + missing + ")");
        }
    }

    private List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        if (!changes().isCleared()) {
            changes().live().all().forEach(file -> candidates.add(new Candidate(file, true)));
        }
        changes().added().forEach(file -> candidates.add(new Candidate(file, false)));
        Collections.reverse(candidates);
        return candidates;
    }

    private long takeAway(Candidate candidate, DeletedRowsReader deletedRows, long most) {
        String path = candidate.file.path();
        RoaringBitmap mine = taken.computeIfAbsent(path, key -> new RoaringBitmap());
        RoaringBitmap deleted = candidate.isOlder ? deletedRows.of(candidate.file) : new RoaringBitmap();
        long[] found = {0};
        FileRows.scan(changes().files(), path, changes().columns(), deleted, (batch, live) -> {
            for (int row : live) {
                int place = (int) batch.firstRow() + row;
                if (found[0] < most
                        && !mine.contains(place)
                        && isAlive(batch, row)
                        && round.take(batch.columns(), row)) {
                    mine.add(place);
                    changes().mark(candidate.file, place);
                    found[0]++;
                }
            }
            return found[0] < most;
        });
        return found[0];
    }

    private boolean isAlive(ParquetBatch batch, int row) {
        boolean isSoft = changes().spec().deletes() == DeleteMode.SOFT;
        return !isSoft || !batch.columns().get(batch.columns().size() - 1).isPresent(row);
    }

    /**
     * A file that may hold rows to take away.
     *
     * @param isOlder whether it is of the version, and not one that this apply wrote
     */
    private record Candidate(StoredFile file, boolean isOlder) {}
}
