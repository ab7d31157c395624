package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.index.KeyLocations;
import io.tidemark.lake.upsert.index.RowLocation;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.verify.CanonicalText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a round came to: marks the keys' old rows, and writes the new ones, those that are complete in key order, then those
 * that lack values in the order in which the values are read.
 */
final class RoundWriter {
    private final PendingChanges changes;
    private final KeyLocations index;
    private final KeyedRound round;
    private final int[] order;
    private final long[] locations;
    private final long[] next;
    private final Map<Integer, @Nullable StoredFile> fileOf = new HashMap<>();
    private final List<List<String>> missingKeys = new ArrayList<>();

    /**
     * @param order the round's keys in key order
     * @param locations where each key's row is before the round
     */
    RoundWriter(PendingChanges changes, KeyLocations index, KeyedRound round, int[] order, long[] locations) {
        this.changes = changes;
        this.index = index;
        this.round = round;
        this.order = order;
        this.locations = locations;
        this.next = new long[locations.length];
    }

    /** Keys whose new rows lack values that are nowhere; known after {@link #write}, and what it wrote is then of no use. */
    List<List<String>> missingKeys() {
        return missingKeys;
    }

    /** Writes the round; returns where each key's row is after it. */
    long[] write() {
        contest();
        int[] complete = new int[order.length];
        int[] lacking = new int[order.length];
        int completeCount = 0;
        int lackingCount = 0;
        for (int key : order) {
            next[key] = RowLocation.NONE;
            if (round.outcome(key) == KeyedRound.UNTOUCHED) {
                next[key] = locations[key];
                continue;
            }
            StoredFile old = file(locations[key]);
            if (old != null) {
                changes.mark(old, RowLocation.row(locations[key]));
            }
            if (round.outcome(key) == KeyedRound.UPSERT) {
                if (round.base(key) == KeyedRound.NONE) {
                    complete[completeCount++] = key;
                } else if (round.base(key) == KeyedRound.NOWHERE) {
                    missing(key);
                } else {
                    lacking[lackingCount++] = key;
                }
            }
        }
        if (completeCount + lackingCount > 0) {
            try {
                write(Arrays.copyOf(complete, completeCount), Arrays.copyOf(lacking, lackingCount));
            } catch (IOException | UncheckedIOException e) {
                throw changes.failed(e);
            }
        }
        return next;
    }

    /** Finds out which of the new rows are later than the mirror's. */
    private void contest() {
        LatestBy latest = round.latest();
        if (latest == null) {
            return;
        }
        List<ParquetColumn> columns = new ArrayList<>();
        columns.add(changes.columns().get(latest.column()));
        boolean isSoft = changes.spec().deletes() == DeleteMode.SOFT;
        if (isSoft) {
            columns.add(changes.columns().get(changes.columns().size() - 1));
        }
        RowFetch fetch = new RowFetch(changes, columns);
        for (int key : order) {
            StoredFile file = round.outcome(key) == KeyedRound.CONTEST ? file(locations[key]) : null;
            if (file != null) {
                fetch.want(file, RowLocation.row(locations[key]), key);
            }
        }
        boolean[] isOutdone = new boolean[order.length];
        fetch.run((key, fetched, row) -> {
            boolean isDeleted = isSoft && fetched.get(1).isPresent(row);
            isOutdone[key] = !isDeleted && round.isOutdone(key, fetched.get(0), row);
        });
        for (int key : order) {
            if (round.outcome(key) == KeyedRound.CONTEST) {
                round.settle(key, isOutdone[key]);
            }
        }
    }

    private void write(int[] complete, int[] lacking) throws IOException {
        try (RoundFiles files = changes.open()) {
            int[] rows = new int[complete.length];
            Arrays.setAll(rows, i -> round.row(complete[i]));
            files.append(round.rows().columns(), rows, placed(complete));
            if (lacking.length > 0) {
                fill(lacking, files);
            }
            files.finish();
        }
    }

    /** Notes where the rows of these keys went. */
    private RoundFiles.Placed placed(int[] keys) {
        return (path, first, places) -> {
            int number = index.number(path);
            for (int i = 0; i < places.length; i++) {
                next[keys[places[i]]] = RowLocation.of(number, first + i);
            }
        };
    }

    private void fill(int[] lacking, RoundFiles files) throws IOException {
        FilledRows filled = new FilledRows(
                round.rows(), changes.columns(), (vectors, keys, rows) -> files.append(vectors, rows, placed(keys)));
        RowFetch fetch = new RowFetch(changes, filled.fetchedColumns());
        for (int key : lacking) {
            long base = locations[round.base(key)];
            StoredFile file = file(base);
            if (file != null) {
                fetch.want(file, RowLocation.row(base), key);
            }
        }
        boolean[] isFound = new boolean[locations.length];
        fetch.run((key, fetched, row) -> {
            filled.add(key, round.row(key), fetched, row);
            isFound[key] = true;
        });
        filled.flush();
        for (int key : lacking) {
            if (!isFound[key] && !round.isOptional(key)) {
                missing(key);
            }
        }
    }

    private void missing(int key) {
        List<String> texts = new ArrayList<>();
        for (int column : changes.spec().schema().keyIndexes()) {
            texts.add(CanonicalText.text(round.rows().columns().get(column), round.row(key)));
        }
        missingKeys.add(texts);
    }

    /** The file of a location, if its rows are still there. */
    private @Nullable StoredFile file(long location) {
        if (location == RowLocation.NONE) {
            return null;
        }
        return fileOf.computeIfAbsent(RowLocation.file(location), number -> {
            String path = index.path(number);
            return path == null ? null : changes.find(path);
        });
    }
}
