package io.tidemark.engine.work;

import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.machine.Machine;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has each mirror compact and expire once in a while, under the lease of the worker that has just applied to it. */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** How long a mirror is left alone that is new to this process or needed nothing. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    /** After a step, applies have this many times as much time as it took before there is another one. */
    private static final int REST = 4;

    private final Pipeline pipeline;
    private final CutLog cuts;

    /** When the next step is due, by {@link Machine#nanoTime}. */
    private final Map<TableId, Long> due = new HashMap<>();

    Upkeep(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.cuts = new CutLog(pipeline.metastore());
    }

    /** Does one step if the last one was long enough ago. */
    void after(TableId table, LakeTable mirror, long fence) {
        long started = pipeline.machine().nanoTime();
        synchronized (due) {
            Long next = due.putIfAbsent(table, started + PAUSE_NANOS);
            if (next == null || started - next < 0) {
                return;
            }
            due.put(table, started + PAUSE_NANOS);
        }
        List<Long> keep = cuts.list().stream()
                .map((Cut cut) -> cut.versionOf(table))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        mirror.maintain(fence, keep).ifPresent(done -> {
            LOG.info("mirror maintained table={} done={}", table, done);
            long ended = pipeline.machine().nanoTime();
            synchronized (due) {
                due.put(table, ended + (ended - started) * REST);
            }
        });
    }
}
