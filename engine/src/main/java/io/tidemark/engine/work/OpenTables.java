package io.tidemark.engine.work;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Mirrors kept open between applies, the longest unused closed first. Used by holders of the table's lease only. */
final class OpenTables implements AutoCloseable {
    private static final int OPEN_MAX = 64;

    private final Pipeline pipeline;
    private final Lock lock;
    private final Map<TableId, Handle> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<TableId, Handle> lent = new LinkedHashMap<>();

    /** A mirror and the load that made it: a later load makes a new one. */
    private record Handle(String loadId, LakeTable table) {}

    OpenTables(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.lock = pipeline.machine().lock();
    }

    /** Lends the table; to be given back with {@link #giveBack} or {@link #discard}. */
    LakeTable borrow(TableRecord record) {
        return locked(() -> lend(record));
    }

    void giveBack(TableId table) {
        locked(() -> {
            Handle found = lent.remove(table);
            if (found != null) {
                open.put(table, found);
                closeEldest();
            }
            return found;
        });
    }

    /** Gives back a table whose handle is not to be trusted any more. */
    void discard(TableId table) {
        locked(() -> {
            Handle found = lent.remove(table);
            if (found != null) {
                found.table().close();
            }
            return found;
        });
    }

    /** Closes those that are kept open and are none of these. */
    void closeOthers(Set<TableId> tables) {
        locked(() -> {
            open.entrySet().removeIf(kept -> {
                boolean isGone = !tables.contains(kept.getKey());
                if (isGone) {
                    kept.getValue().table().close();
                }
                return isGone;
            });
            return open;
        });
    }

    @Override
    public void close() {
        locked(() -> {
            open.values().forEach(handle -> handle.table().close());
            open.clear();
            return open;
        });
    }

    private LakeTable lend(TableRecord record) {
        TableId table = record.id();
        if (lent.containsKey(table)) {
            throw new TidemarkException(
                    ErrorCode.LEASE_LOST, "Cannot open the mirror of " + table + ": another thread still uses it");
        }
        String loadId = record.load() == null ? "" : record.load().loadId();
        Handle found = open.remove(table);
        if (found != null
                && (!found.loadId().equals(loadId)
                        || !found.table()
                                .spec()
                                .schema()
                                .hasSameRowsAs(record.spec().schema()))) {
            found.table().close();
            found = null;
        }
        if (found == null) {
            LakeTable opened = pipeline.lake()
                    .find(record.mirror())
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.LAKE_TABLE_MISSING,
                            "Cannot open the mirror of " + table + ": the lake does not have it"));
            found = new Handle(loadId, opened);
        }
        lent.put(table, found);
        return found.table();
    }

    private void closeEldest() {
        while (open.size() > OPEN_MAX) {
            Iterator<Handle> eldest = open.values().iterator();
            eldest.next().table().close();
            eldest.remove();
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
