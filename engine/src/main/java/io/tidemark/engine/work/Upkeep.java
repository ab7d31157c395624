package io.tidemark.engine.work;

import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.machine.Machine;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has each mirror expire and compact once in a while. Short steps, and the begin and the end of a rewrite, are done under the lease of the worker that
 * has just applied to the mirror; the files are rewritten by a thread of its own, one rewrite at a time, while applies go on.
 */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** How long a mirror is left alone that is new to this process or needed nothing, and how long a rewrite waits for its commit. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    /** How long a mirror waits at least for the rewrite of another. */
    private static final long TURN_NANOS = Duration.ofSeconds(1).toNanos();

    /** After a step, applies have this many times as much time as it took before there is another one. */
    private static final int REST = 4;

    private final Pipeline pipeline;
    private final CutLog cuts;
    private final Documents<WorkItem> items;

    /** When the next step is due, by {@link Machine#nanoTime}. */
    private final Map<TableId, Long> due = new HashMap<>();

    /** Guarded by {@link #due}. */
    private @Nullable Running running;

    Upkeep(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.cuts = new CutLog(pipeline.metastore());
        this.items = new Documents<>(pipeline.metastore(), WorkItem.class);
    }

    /** Ends a rewrite, or does one step, or begins a rewrite, if the last one was long enough ago. */
    void after(TableId table, LakeTable mirror, long fence) {
        Optional<Running> ended = ended(table);
        if (ended.isPresent()) {
            commit(ended.orElseThrow(), mirror, fence);
            return;
        }
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
        Optional<String> done = mirror.maintain(fence, keep);
        if (done.isPresent()) {
            LOG.info("mirror maintained table={} done={}", table, done.orElseThrow());
            rest(table, started);
        } else {
            begin(table, mirror, started);
        }
    }

    /** The rewrite of the table, if it waits for its commit; one of another table that has waited for long is given up. */
    private Optional<Running> ended(TableId table) {
        Running found;
        synchronized (due) {
            found = running;
            boolean isMine = found != null && found.table.equals(table);
            if (found == null || !found.isOver(isMine ? 0 : PAUSE_NANOS)) {
                return Optional.empty();
            }
            running = null;
            if (isMine) {
                return Optional.of(found);
            }
        }
        found.rewrite.close();
        return Optional.empty();
    }

    private void commit(Running ended, LakeTable mirror, long fence) {
        try (LakeRewrite rewrite = ended.rewrite) {
            String done = mirror.commitRewrite(rewrite, fence).orElse("nothing, its files are gone");
            LOG.info("mirror maintained table={} done={}", ended.table, done);
        } finally {
            rest(ended.table, ended.started);
        }
    }

    private void begin(TableId table, LakeTable mirror, long now) {
        synchronized (due) {
            if (running != null) {
                due.put(table, now + TURN_NANOS);
                return;
            }
        }
        mirror.planRewrite().ifPresent(rewrite -> {
            Running begun = new Running(table, rewrite, now);
            synchronized (due) {
                if (running == null) {
                    running = begun;
                    begun.start();
                    return;
                }
            }
            rewrite.close();
        });
    }

    private void rest(TableId table, long started) {
        long ended = pipeline.machine().nanoTime();
        synchronized (due) {
            due.put(table, ended + (ended - started) * REST);
        }
    }

    /** Gives up the rewrite that is under way. */
    @Override
    public void close() {
        Running last;
        synchronized (due) {
            last = running;
            running = null;
        }
        if (last != null) {
            last.rewrite.close();
            last.join();
        }
    }

    /** A rewrite and its thread. */
    private final class Running {
        private final TableId table;
        private final LakeRewrite rewrite;
        private final long started;
        private volatile @Nullable Long endedAt;
        private @Nullable Thread thread;

        Running(TableId table, LakeRewrite rewrite, long started) {
            this.table = table;
            this.rewrite = rewrite;
            this.started = started;
        }

        void start() {
            thread = pipeline.machine().start("rewrite", this::run);
        }

        /** Whether it ended so long ago. */
        boolean isOver(long nanos) {
            Long at = endedAt;
            return at != null && pipeline.machine().nanoTime() - at >= nanos;
        }

        void join() {
            try {
                if (thread != null) {
                    pipeline.machine().join(thread);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Writes the files; then whoever gets the table next commits them, also when nothing is to be applied. */
        private void run() {
            rewrite.run();
            endedAt = pipeline.machine().nanoTime();
            try {
                items.update(
                        Keys.of(Keys.WORK, table),
                        found -> found.isPresent() ? Optional.empty() : Optional.of(new WorkItem(table, 0)));
                pipeline.signals().dispatched().wake();
            } catch (RuntimeException e) {
                LOG.debug("a rewrite waits for the next apply table={} reason={}", table, e.getMessage());
            }
        }
    }
}
