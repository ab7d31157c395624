package io.tidemark.engine.job;

import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.slice.SliceFile;
import java.util.List;

/**
 * Slices of one table that become one commit of its mirror.
 *
 * @param table the table as registered; the newest schema of the files is its own
 * @param expected progress of the mirror that the commit is computed from
 * @param fence fencing token of who holds the table's lease
 * @param files files of slices, in order
 * @param through events up to this position are applied
 * @param slice newest slice that is applied as a whole
 * @param newestCommitMicros commit time of the newest transaction, microseconds since the epoch
 */
public record ApplyJob(
        TableRecord table,
        LakeProgress expected,
        long fence,
        List<SliceFile> files,
        Position through,
        long slice,
        long newestCommitMicros) {
    public ApplyJob {
        files = List.copyOf(files);
    }

    /** Progress that the commit records. */
    public LakeProgress after() {
        return expected.withApplied(through, slice, Math.max(newestCommitMicros, expected.newestCommitMicros()));
    }

    /** Bytes of the files. */
    public long bytes() {
        return files.stream().mapToLong(SliceFile::bytes).sum();
    }

    /** Whether a row changes its key. */
    public boolean hasKeyChanges() {
        return files.stream()
                .anyMatch(file -> file.rows() > file.inserts() + file.updates() + file.deletes() + file.truncates());
    }

    /** The events of the files as the mirror takes them. */
    public SliceEvents events() {
        return new SliceEvents(table, expected.applied(), through);
    }
}
