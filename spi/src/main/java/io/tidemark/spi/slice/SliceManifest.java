package io.tidemark.spi.slice;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a sealed slice holds.
 *
 * @param sequence number in the log, from 1
 * @param name {@code 2026-11-20T08:31:00.000Z-to-2026-11-20T08:31:10.000Z}
 * @param start end of the slice before; for the first, when capture began
 * @param end when it was sealed
 * @param after all events in the slice have {@code position > after}
 * @param through all events in the slice have {@code position <= through}
 * @param resumeToken where the source goes on after the slice
 * @param fence fencing token of the capture that sealed it
 * @param newestCommitMicros commit time of the newest transaction in it, microseconds since the epoch; 0 when it has no rows
 * @param previousChecksum checksum of the manifest before, empty for the first: the log is a chain
 * @param path path of the manifest in the storage
 * @param checksum SHA-256 of the manifest file, hexadecimal; not part of the file
 * @param files one per table with changes, ordered by table (two when a table's schema changed inside the slice)
 * @param interval of event times that it was opened for: its events are from then, or from earlier and came late; null for a slice that was cut by
 *     arrival
 */
public record SliceManifest(
        long sequence,
        String name,
        Instant start,
        Instant end,
        Position after,
        Position through,
        String resumeToken,
        long fence,
        long newestCommitMicros,
        String previousChecksum,
        String path,
        String checksum,
        List<SliceFile> files,
        @Nullable EventInterval interval) {
    public SliceManifest {
        files = List.copyOf(files);
    }

    /** Rows in all files. */
    public long rows() {
        return files.stream().mapToLong(SliceFile::rows).sum();
    }

    /** Bytes of all files. */
    public long bytes() {
        return files.stream().mapToLong(SliceFile::bytes).sum();
    }

    /** Files of the table, in commit order. */
    public List<SliceFile> filesOf(TableId table) {
        return files.stream()
                .filter(file -> file.schema().table().equals(table))
                .toList();
    }

    /** The first file of the table. */
    public Optional<SliceFile> findFile(TableId table) {
        return filesOf(table).stream().findFirst();
    }
}
