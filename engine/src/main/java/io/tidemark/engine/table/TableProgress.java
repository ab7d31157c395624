package io.tidemark.engine.table;

import io.tidemark.spi.change.Position;
import java.time.Instant;

/**
 * How far a mirror is, as an index over its own commits; the mirror itself is the truth. Beyond the mirror's commits it knows of slices that hold
 * nothing for the table.
 *
 * @param loadId the load that made the mirror
 * @param fence fence of the mirror's newest commit: who comes with a smaller one was taken over
 * @param slice every slice up to this is in the mirror
 * @param position every event up to this is in the mirror
 * @param committedSlice the slice that the mirror's newest commit names
 * @param committed the position that the mirror's newest commit names
 * @param version newest version of the mirror
 * @param newestCommitMicros commit time of the newest source transaction in the mirror, microseconds since the epoch; 0 for none
 * @param events events applied since the table was loaded
 * @param at when this was written
 */
public record TableProgress(
        String loadId,
        long fence,
        long slice,
        Position position,
        long committedSlice,
        Position committed,
        long version,
        long newestCommitMicros,
        long events,
        Instant at) {}
