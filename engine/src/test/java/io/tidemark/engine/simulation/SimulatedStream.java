package io.tidemark.engine.simulation;

import io.tidemark.engine.simulation.Database.Event;
import io.tidemark.engine.simulation.Database.Transaction;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The change stream. When another one takes its place, it goes on a little with what had arrived already. */
final class SimulatedStream implements ChangeStream {
    private final World world;
    private final Database database;
    private final @Nullable SimulatedProcess process;
    private final Map<TableId, SourceTable> tables = new HashMap<>();
    private long delivered;

    /** The last transaction that comes through; later ones do once it is known to be in use. */
    private long arrivesThrough = Long.MAX_VALUE;

    private boolean closed;

    SimulatedStream(World world, long from, List<SourceTable> schemas) {
        this.world = world;
        this.database = world.database();
        this.process = world.scheduler().process();
        this.delivered = from;
        schemas.forEach(table -> tables.put(table.id(), table));
    }

    /** Whether the server must take its client for dead. */
    boolean isAbandoned() {
        return closed || process == null || process.isDead();
    }

    /** Whether the server may take its client for dead. */
    boolean isSilent() {
        return process != null && process.isPaused();
    }

    /** The server lets go of the client, which still has some of what was sent. */
    void terminate() {
        arrivesThrough = Math.min(arrivesThrough, delivered + world.random().nextInt(4));
    }

    @Override
    public long poll(ChangeSink sink, Duration wait) {
        requireOpen();
        if (database.log().higherEntry(delivered) == null) {
            world.scheduler()
                    .pause((long) (wait.toNanos() * (0.5 + world.random().nextDouble() / 2)));
        } else {
            world.scheduler().pause(world.latency());
        }
        long events = 0;
        int most = 1 + world.random().nextInt(6);
        for (int i = 0; i < most; i++) {
            Map.Entry<Long, Transaction> next = database.log().higherEntry(delivered);
            if (next == null) {
                break;
            }
            if (next.getKey() > arrivesThrough || world.happens(1)) {
                arrivesThrough = Math.min(arrivesThrough, delivered);
                throw lost();
            }
            events += deliver(next.getValue(), sink);
        }
        requireOpen();
        return events;
    }

    private long deliver(Transaction transaction, ChangeSink sink) {
        long sequence = 0;
        boolean isCutShort = world.happens(0.5);
        boolean isSkipped = world.has(Bug.STREAM_SKIPS_ONE)
                && transaction.marker() == null
                && world.random().nextInt(20) == 0;
        for (Event event : transaction.events()) {
            SourceTable table = tables.get(event.table());
            if (table != null && !isSkipped) {
                Rows.append(
                        sink.batch(table.schema()),
                        event.operation(),
                        event.values(),
                        transaction.position(),
                        sequence++,
                        transaction.number(),
                        transaction.commitMicros());
            }
            if (isCutShort) {
                arrivesThrough = Math.min(arrivesThrough, delivered);
                throw lost();
            }
        }
        if (transaction.marker() != null) {
            sink.marker(transaction.marker());
        }
        long before = delivered;
        delivered = transaction.position();
        sink.commit(new Position(transaction.position()), transaction.commitMicros(), Long.toString(token(before)));
        return sequence;
    }

    private long token(long before) {
        if (world.has(Bug.RESUMES_TOO_EARLY)) {
            return before;
        }
        Long next = database.log().higherKey(delivered);
        return world.has(Bug.RESUMES_TOO_LATE) && next != null ? next : delivered;
    }

    @Override
    public String deliveredToken() {
        return Long.toString(delivered);
    }

    @Override
    public Instant caughtUpAt() {
        return Instant.EPOCH;
    }

    @Override
    public void acknowledge(String resumeToken) {
        requireOpen();
        long token = Long.parseLong(resumeToken);
        acknowledged(token);
    }

    private void acknowledged(long token) {
        world.invariants().acknowledged(token);
        if (world.random().nextInt(3) == 0) {
            world.later("acknowledgement of " + token, () -> {
                database.confirm(token);
                return true;
            });
        } else {
            database.confirm(token);
            world.trace("acknowledged " + token);
        }
    }

    private void requireOpen() {
        world.scheduler().checkAlive();
        if (world.has(Bug.ACKNOWLEDGES_BEFORE_SEALING) && !closed && arrivesThrough == Long.MAX_VALUE) {
            acknowledged(delivered);
        }
        if (closed || delivered >= arrivesThrough) {
            throw lost();
        }
    }

    private static TidemarkException lost() {
        return new TidemarkException(
                ErrorCode.SOURCE_CONNECTION_LOST, "Cannot go on reading: the simulated connection broke");
    }

    @Override
    public void close() {
        closed = true;
    }
}
