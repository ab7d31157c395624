package io.tidemark.lake.delta;

import io.delta.kernel.ScanBuilder;
import io.delta.kernel.Snapshot;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.utils.CloseableIterator;
import io.tidemark.lake.delta.log.DeltaLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** What Delta Kernel, which shares no code with our writing, makes of a log. */
final class KernelScan {
    private final DeltaLog log;
    private final Snapshot newest;

    KernelScan(DeltaLog log) {
        this.log = log;
        this.newest = log.snapshot(log.newest().number()).orElseThrow();
    }

    /** Names of the files of the newest version that may have rows for which the predicate holds. */
    Set<String> files(Predicate predicate) {
        ScanBuilder scan = newest.getScanBuilder().withFilter(predicate);
        Set<String> files = new TreeSet<>();
        try (CloseableIterator<FilteredColumnarBatch> batches = scan.build().getScanFiles(log.engine())) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        String path = InternalScanFileUtils.getAddFileStatus(rows.next())
                                .getPath();
                        files.add(Path.of(path).getFileName().toString());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
