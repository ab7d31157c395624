package io.tidemark.engine.work;

import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Has workers read keys afresh, wherever they run, and waits for it; one request of a table at a time. */
public final class Repairs {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Pipeline pipeline;
    private final Documents<RepairRequest> requests;
    private final Documents<WorkItem> items;

    public Repairs(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.requests = new Documents<>(pipeline.metastore(), RepairRequest.class);
        this.items = new Documents<>(pipeline.metastore(), WorkItem.class);
    }

    /**
     * Reads keys of a table with a key afresh.
     *
     * @param keys values of the key columns in canonical text
     * @return keys that could not be healed because their rows hold a value that their column's type cannot hold
     * @throws TidemarkException {@code TIMEOUT} when no worker did it in time
     */
    public List<List<String>> read(TableId table, List<List<String>> keys, Duration timeout)
            throws InterruptedException {
        Instant end = pipeline.clock().instant().plus(timeout);
        try (Lease turn = turn(table, end)) {
            String id = UUID.randomUUID().toString();
            String at = Keys.of(Keys.REPAIRS, table);
            requests.put(at, RepairRequest.of(id, keys));
            long newest =
                    pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L);
            items.put(Keys.of(Keys.WORK, table), new WorkItem(table, newest));
            pipeline.signals().dispatched().wake();
            while (turn.isHeld()) {
                long seen = pipeline.signals().applied().count();
                Optional<RepairRequest> done =
                        requests.find(at).filter(found -> found.id().equals(id) && found.done());
                if (done.isPresent()) {
                    requests.remove(at);
                    return done.orElseThrow().undecodable();
                }
                await(table, seen, end);
            }
            throw new TidemarkException(ErrorCode.LEASE_LOST, "Cannot repair " + table + ": another repair took over");
        }
    }

    private Lease turn(TableId table, Instant end) throws InterruptedException {
        while (true) {
            long seen = pipeline.signals().applied().count();
            Optional<Lease> lease = pipeline.leases().tryAcquire(Keys.of("repair/", table));
            if (lease.isPresent()) {
                return lease.orElseThrow();
            }
            await(table, seen, end);
        }
    }

    private void await(TableId table, long seen, Instant end) throws InterruptedException {
        if (pipeline.clock().instant().isAfter(end)) {
            throw new TidemarkException(
                    ErrorCode.TIMEOUT,
                    "Cannot repair " + table + ": no worker did it in time",
                    "Is a worker running, and the table live? See 'tidemark status'.",
                    null);
        }
        pipeline.signals().applied().await(seen, LOOK);
    }
}
