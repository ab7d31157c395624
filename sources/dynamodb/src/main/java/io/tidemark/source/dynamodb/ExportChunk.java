package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.DataFile;
import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SnapshotChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Files of an export that are one chunk of a load. Its text names all exports of the series, so that a load goes on with those that it began with.
 *
 * @param export place in the series, from 0
 * @param from place of the first file in the manifest, from 0
 * @param to place behind the last file
 * @param arns the exports of the series
 * @param locations where they are
 */
record ExportChunk(int export, int from, int to, List<String> arns, List<String> locations) {
    private static final String PREFIX = "export:";
    private static final int PARTS = 3;

    /** ARNs do not have it. */
    private static final String COMMA = ",";

    static boolean isOne(String range) {
        return range.startsWith(PREFIX);
    }

    static ExportChunk parse(String range) {
        String[] parts = range.substring(PREFIX.length()).split(" ", PARTS);
        int slash = parts[0].indexOf('/');
        int dash = parts[0].indexOf('-');
        return new ExportChunk(
                slash < 0 ? 0 : Integer.parseInt(parts[0].substring(0, slash)),
                Integer.parseInt(parts[0].substring(slash + 1, dash)),
                Integer.parseInt(parts[0].substring(dash + 1)),
                List.of(parts[1].split(COMMA)),
                List.of(parts[2].split(Pattern.quote(ExportSeries.THEN))));
    }

    /** {@code export:FROM-TO ARN LOCATION}; of an incremental export {@code export:PLACE/FROM-TO ARN,ARN LOCATION + LOCATION}. */
    String toRange() {
        return PREFIX + (export == 0 ? "" : export + "/") + from + "-" + to + " " + String.join(COMMA, arns) + " "
                + String.join(ExportSeries.THEN, locations);
    }

    /** Cuts exports into chunks of whole files. Each item counts as large as those of its export are on average. */
    static List<SnapshotChunk> plan(TableId table, ExportSeries series, long chunkBytes) {
        List<SnapshotChunk> chunks = new ArrayList<>();
        for (int i = 0; i < series.exports().size(); i++) {
            plan(table, series, i, chunkBytes, chunks);
        }
        return List.copyOf(chunks);
    }

    private static void plan(
            TableId table, ExportSeries series, int place, long chunkBytes, List<SnapshotChunk> chunks) {
        Export export = series.exports().get(place);
        long items = Math.max(1, export.summary().itemCount());
        long itemBytes = Math.max(1, export.summary().billedSizeBytes() / items);
        long itemsPerChunk = Math.max(1, chunkBytes / itemBytes);
        List<DataFile> files = export.files();
        int from = 0;
        long rows = 0;
        for (int i = 0; i < files.size(); i++) {
            rows += files.get(i).itemCount();
            boolean isFull = i + 1 == files.size() || rows + files.get(i + 1).itemCount() > itemsPerChunk;
            if (isFull) {
                ExportChunk chunk = new ExportChunk(place, from, i + 1, series.arns(), series.locations());
                chunks.add(new SnapshotChunk(table, chunks.size(), table, chunk.toRange(), rows));
                from = i + 1;
                rows = 0;
            }
        }
    }
}
