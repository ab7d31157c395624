package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.DataFile;
import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SnapshotChunk;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of an export that are one chunk of a load. Its text names the export, so that a load goes on with the one that it began with.
 *
 * @param from place of the first file in the manifest, from 0
 * @param to place behind the last file
 * @param exportArn the export
 * @param location where it is
 */
record ExportChunk(int from, int to, String exportArn, String location) {
    private static final String PREFIX = "export:";
    private static final int PARTS = 3;

    static boolean isOne(String range) {
        return range.startsWith(PREFIX);
    }

    static ExportChunk parse(String range) {
        String[] parts = range.substring(PREFIX.length()).split(" ", PARTS);
        int dash = parts[0].indexOf('-');
        return new ExportChunk(
                Integer.parseInt(parts[0].substring(0, dash)),
                Integer.parseInt(parts[0].substring(dash + 1)),
                parts[1],
                parts[2]);
    }

    String toRange() {
        return PREFIX + from + "-" + to + " " + exportArn + " " + location;
    }

    /** Cuts an export into chunks of whole files. Each item counts as large as those of the export are on average. */
    static List<SnapshotChunk> plan(TableId table, Export export, String location, long chunkBytes) {
        long items = Math.max(1, export.summary().itemCount());
        long itemBytes = Math.max(1, export.summary().billedSizeBytes() / items);
        long itemsPerChunk = Math.max(1, chunkBytes / itemBytes);
        List<DataFile> files = export.files();
        List<SnapshotChunk> chunks = new ArrayList<>();
        int from = 0;
        long rows = 0;
        for (int i = 0; i < files.size(); i++) {
            rows += files.get(i).itemCount();
            boolean isFull = i + 1 == files.size() || rows + files.get(i + 1).itemCount() > itemsPerChunk;
            if (isFull) {
                ExportChunk chunk =
                        new ExportChunk(from, i + 1, export.summary().exportArn(), location);
                chunks.add(new SnapshotChunk(table, chunks.size(), table, chunk.toRange(), rows));
                from = i + 1;
                rows = 0;
            }
        }
        return List.copyOf(chunks);
    }
}
