package io.tidemark.engine.lease;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.machine.Machine;
import io.tidemark.engine.signal.Wakeup;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes and renews leases. No clock is compared between machines: a lease is free when its holder gave it back, when its holder is a process of
 * this machine that no longer runs, or when this process has watched it for a whole time to live without a renewal.
 */
public final class Leases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final String PREFIX = "leases/";
    /** How long a lease lives without renewal. */
    public static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);

    private static final Duration RENEWAL = Duration.ofSeconds(3);

    private final MetadataStore store;
    private final LongSupplier nanoTime;
    private final String holder = Holder.ofThisProcess().toString();
    private final Map<String, Lease> held = new ConcurrentHashMap<>();
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final Set<String> taking = ConcurrentHashMap.newKeySet();
    private final Machine machine;
    private final Wakeup closing;
    private volatile boolean closed;

    private record Watched(long version, long sinceNanos) {}

    public Leases(MetadataStore store, Machine machine) {
        this(store, machine, machine::nanoTime);
    }

    Leases(MetadataStore store, LongSupplier nanoTime) {
        this(store, Machine.local(), nanoTime);
    }

    private Leases(MetadataStore store, Machine machine, LongSupplier nanoTime) {
        this.store = store;
        this.machine = machine;
        this.nanoTime = nanoTime;
        this.closing = new Wakeup(machine);
        machine.start("lease-renewer", this::renewUntilClosed);
    }

    /** Takes the lease if it is free. */
    public Optional<Lease> tryAcquire(String name) {
        // Between the write and the note that it is held, another thread would take it for one that an earlier life of
        // this process left.
        if (!taking.add(name)) {
            return Optional.empty();
        }
        try {
            return acquire(name);
        } finally {
            taking.remove(name);
        }
    }

    private Optional<Lease> acquire(String name) {
        Optional<Entry> entry = store.read(PREFIX + name);
        long fence = 0;
        if (entry.isPresent()) {
            LeaseRecord record = Json.read(entry.orElseThrow().value(), LeaseRecord.class, "lease " + name);
            if (!isFree(name, entry.orElseThrow(), record)) {
                return Optional.empty();
            }
            fence = record.fence();
        }
        long now = nanoTime.getAsLong();
        LeaseRecord mine = new LeaseRecord(fence + 1, holder, 0);
        Optional<Entry> written =
                store.compareAndSet(PREFIX + name, entry.map(Entry::version).orElse(Entry.ABSENT), Json.write(mine));
        if (written.isEmpty()) {
            return Optional.empty();
        }
        watched.remove(name);
        Lease lease = new Lease(
                this, machine.lock(), name, mine.fence(), written.orElseThrow().version(), now);
        held.put(name, lease);
        return Optional.of(lease);
    }

    /** Whether some living process holds the lease, as far as can be told at once. */
    public boolean isHeldBySomebody(String name) {
        return store.read(PREFIX + name).filter(entry -> isHeld(name, entry)).isPresent();
    }

    /** Names of all leases that some living process may hold. */
    public List<String> held() {
        return store.list(PREFIX).stream()
                .filter(entry -> isHeld(entry.key().substring(PREFIX.length()), entry))
                .map(entry -> entry.key().substring(PREFIX.length()))
                .toList();
    }

    private boolean isHeld(String name, Entry entry) {
        LeaseRecord record = Json.read(entry.value(), LeaseRecord.class, "lease " + name);
        boolean isBeingTaken = record.holder().equals(holder) && taking.contains(name);
        return isBeingTaken || !isFree(name, entry, record);
    }

    /** Makes the fences of a lease that nobody holds grow from this one on: for a store that has lost what it knew of it. */
    public void raiseFence(String name, long fence) {
        Optional<Entry> entry = store.read(PREFIX + name);
        LeaseRecord record = entry.map(found -> Json.read(found.value(), LeaseRecord.class, "lease " + name))
                .orElse(new LeaseRecord(0, "", 0));
        if (record.fence() < fence) {
            store.compareAndSet(
                    PREFIX + name,
                    entry.map(Entry::version).orElse(Entry.ABSENT),
                    Json.write(new LeaseRecord(fence, "", record.beat())));
        }
    }

    boolean isOverdue(Lease lease) {
        return nanoTime.getAsLong() - lease.renewedNanos > TIME_TO_LIVE.toNanos() * 2 / 3;
    }

    void release(Lease lease) {
        held.remove(lease.name(), lease);
        lease.writing.lock();
        try {
            store.compareAndSet(
                    PREFIX + lease.name(), lease.version, Json.write(new LeaseRecord(lease.fence(), "", lease.beat)));
        } catch (TidemarkException e) {
            LOG.warn("lease not given back, it will expire lease={} reason={}", lease.name(), e.reason());
        } finally {
            lease.writing.unlock();
        }
    }

    private boolean isFree(String name, Entry entry, LeaseRecord record) {
        if (record.holder().isEmpty()) {
            return true;
        }
        if (record.holder().equals(holder)) {
            return !held.containsKey(name);
        }
        if (Holder.parse(record.holder()).map(Holder::isKnownDead).orElse(false)) {
            return true;
        }
        long now = nanoTime.getAsLong();
        Watched before = watched.get(name);
        if (before == null || before.version() != entry.version()) {
            watched.put(name, new Watched(entry.version(), now));
            return false;
        }
        return now - before.sinceNanos() > TIME_TO_LIVE.toNanos();
    }

    private void renewUntilClosed() {
        try {
            while (!closed) {
                closing.await(0, RENEWAL);
                if (!closed) {
                    renewAll();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renewAll() {
        for (Lease lease : held.values()) {
            try {
                renew(lease);
            } catch (RuntimeException | OutOfMemoryError e) {
                // Whatever escaped would end all renewals.
                LOG.warn("lease not renewed lease={} reason={}", lease.name(), e.getMessage());
            }
        }
    }

    private void renew(Lease lease) {
        lease.writing.lock();
        try {
            if (held.get(lease.name()) != lease) {
                return;
            }
            long now = nanoTime.getAsLong();
            LeaseRecord next = new LeaseRecord(lease.fence(), holder, lease.beat + 1);
            Optional<Entry> written = store.compareAndSet(PREFIX + lease.name(), lease.version, Json.write(next));
            if (written.isPresent()) {
                lease.version = written.orElseThrow().version();
                lease.beat = next.beat();
                lease.renewedNanos = now;
            } else {
                held.remove(lease.name(), lease);
                lease.lose();
                LOG.warn("lease lost lease={} fence={}", lease.name(), lease.fence());
            }
        } finally {
            lease.writing.unlock();
        }
    }

    /** Stops renewing and gives all leases back. */
    @Override
    public void close() {
        closed = true;
        closing.wake();
        held.values().forEach(Lease::close);
    }
}
