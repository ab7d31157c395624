package io.tidemark.engine.capture;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells since when the slice log of a partitioned source has all changes of a table. */
public final class LogReach {
    private final Pipeline pipeline;

    public LogReach(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /**
     * The latest of: when its stream was begun, by what is stored; when changes of it were lost last; and the begin of the oldest slice that is kept, if
     * older ones were pruned. Empty while its stream is not begun.
     */
    public Optional<Instant> from(TableId table) {
        Optional<SliceManifest> newest = pipeline.sliceLog().newest();
        Optional<String> token =
                new CaptureReports(pipeline.metastore(), pipeline.clock(), pipeline.roleReports()).resumeToken(newest);
        Optional<Instant> begun = PartitionPositions.of(token).begun(table);
        return begun.flatMap(time -> Stream.of(begun, pipeline.registry().lostAt(table), oldestKept())
                .flatMap(Optional::stream)
                .max(Instant::compareTo));
    }

    private Optional<Instant> oldestKept() {
        return pipeline.sliceLog().after(0, 1).stream()
                .filter(slice -> slice.sequence() > 1)
                .map(SliceManifest::start)
                .findFirst();
    }
}
