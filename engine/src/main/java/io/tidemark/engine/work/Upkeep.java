package io.tidemark.engine.work;

import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has each mirror compact and expire once in a while, under the lease of the worker that has just applied to it. */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final Pipeline pipeline;
    private final CutLog cuts;
    private final Map<TableId, Instant> last = new HashMap<>();

    Upkeep(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.cuts = new CutLog(pipeline.metastore());
    }

    /** Does one step if the last one was long enough ago. */
    void after(TableId table, LakeTable mirror, long fence) {
        Instant now = pipeline.clock().instant();
        synchronized (last) {
            Instant before = last.putIfAbsent(table, now);
            if (before == null || Duration.between(before, now).compareTo(PAUSE) < 0) {
                return;
            }
            last.put(table, now);
        }
        List<Long> keep = cuts.list().stream()
                .map((Cut cut) -> cut.versionOf(table))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        mirror.maintain(fence, keep).ifPresent(done -> LOG.info("mirror maintained table={} done={}", table, done));
    }
}
