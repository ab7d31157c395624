package io.tidemark.lake.upsert.apply;

import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.lake.upsert.table.RowGroups;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the new rows of a round go: to one file for rows of any partition; where the format has no such files, to files of one partition each, which
 * are written one after the other. Not thread-safe.
 */
final class RoundFiles implements AutoCloseable {
    private final PendingChanges changes;
    private final NewFiles files;
    private @Nullable FileWriter shared;

    RoundFiles(PendingChanges changes, NewFiles files) {
        this.changes = changes;
        this.files = files;
    }

    /** Writes rows of the vectors. */
    void append(List<? extends ColumnVector> vectors, int[] rows, Placed placed) throws IOException {
        if (rows.length == 0) {
            return;
        }
        if (files.canShare()) {
            FileWriter writer = shared == null ? files.create(NewFiles.SHARED) : shared;
            shared = writer;
            int[] places = new int[rows.length];
            Arrays.setAll(places, i -> i);
            append(writer, vectors, rows, places, placed);
            return;
        }
        Map<Integer, int[]> groups = RowGroups.of(rows, 0, rows.length, row -> files.partition(vectors, row));
        for (Map.Entry<Integer, int[]> group : groups.entrySet()) {
            try (FileWriter writer = files.create(group.getKey())) {
                append(writer, vectors, rows, group.getValue(), placed);
                changes.finish(writer);
            }
        }
    }

    private static void append(
            FileWriter writer, List<? extends ColumnVector> vectors, int[] rows, int[] places, Placed placed)
            throws IOException {
        long first = writer.rows();
        int[] chosen = new int[places.length];
        Arrays.setAll(chosen, i -> rows[places[i]]);
        writer.append(vectors, chosen, 0, chosen.length);
        placed.in(writer.location(), first, places);
    }

    /** Ends the files, whose rows are from now on among those to commit. */
    void finish() throws IOException {
        if (shared != null) {
            changes.finish(shared);
            shared = null;
        }
    }

    /** Gives up what was not finished. */
    @Override
    public void close() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    /** Learns where rows went. */
    interface Placed {
        /**
         * @param path the file
         * @param first place in the file of the first of the rows, which the others follow
         * @param places places of the rows among those that were handed over
         */
        void in(String path, long first, int[] places);
    }
}
