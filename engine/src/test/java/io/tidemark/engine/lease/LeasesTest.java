package io.tidemark.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private final InMemoryMetadataStore store = new InMemoryMetadataStore();
    private final AtomicLong nanos = new AtomicLong(1);
    private final Leases leases = new Leases(store, nanos::get);

    @AfterEach
    void close() {
        leases.close();
    }

    @Test
    void oneHolderAtATimeAndTheFenceGrows() {
        Lease first = leases.tryAcquire("table/a").orElseThrow();
        assertThat(leases.tryAcquire("table/a")).isEmpty();
        assertThat(leases.isHeldBySomebody("table/a")).isTrue();
        first.close();
        assertThat(first.isHeld()).isFalse();
        assertThat(leases.isHeldBySomebody("table/a")).isFalse();
        Lease second = leases.tryAcquire("table/a").orElseThrow();
        assertThat(second.fence()).isGreaterThan(first.fence());
    }

    @Test
    void aForeignHolderIsOnlyReplacedAfterItWasWatchedWithoutASignOfLife() {
        foreign("other-host/17/1/x", 4, 0);
        assertThat(leases.tryAcquire("capture")).isEmpty();
        advanceSeconds(9);
        assertThat(leases.tryAcquire("capture")).isEmpty();
        foreign("other-host/17/1/x", 4, 1);
        advanceSeconds(9);
        assertThat(leases.tryAcquire("capture")).as("it was renewed meanwhile").isEmpty();
        advanceSeconds(11);
        assertThat(leases.tryAcquire("capture").orElseThrow().fence()).isEqualTo(5);
    }

    @Test
    void aDeadProcessOfThisMachineIsReplacedAtOnce() {
        Holder self = Holder.ofThisProcess();
        foreign(new Holder(self.host(), self.pid(), self.startedMillis() + 12345, "x").toString(), 8, 0);
        assertThat(leases.tryAcquire("capture").orElseThrow().fence()).isEqualTo(9);
    }

    @Test
    void anotherPipelineOfThisProcessIsAnotherHolder() {
        Lease held = leases.tryAcquire("capture").orElseThrow();
        try (Leases others = new Leases(store, nanos::get)) {
            assertThat(others.tryAcquire("capture")).isEmpty();
            held.close();
            assertThat(others.tryAcquire("capture")).isPresent();
        }
    }

    @Test
    void aLeaseThatWasNotRenewedInTimeIsNotHeld() {
        Lease lease = leases.tryAcquire("capture").orElseThrow();
        advanceSeconds(8);
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void aStoreThatHasLostTheFenceGoesOnBehindTheOneItIsTold() {
        leases.raiseFence("table/a", 40);
        leases.raiseFence("table/a", 12);
        assertThat(leases.isHeldBySomebody("table/a")).isFalse();
        assertThat(leases.tryAcquire("table/a").orElseThrow().fence()).isEqualTo(41);
    }

    @Test
    void twoThreadsOfAProcessNeverHoldTheSameLease() {
        List<Optional<Lease>> meanwhile = new ArrayList<>();
        List<Boolean> seenHeld = new ArrayList<>();
        AtomicReference<Leases> shared = new AtomicReference<>();
        // The other thread looks when the first has written that it holds the lease, and does not know of its success
        // yet.
        MetadataStore slow = new AfterWrite(store, () -> {
            meanwhile.add(shared.get().tryAcquire("table/a"));
            seenHeld.add(shared.get().isHeldBySomebody("table/a"));
        });
        try (Leases taken = new Leases(slow, nanos::get)) {
            shared.set(taken);
            Lease lease = taken.tryAcquire("table/a").orElseThrow();
            assertThat(meanwhile).containsExactly(Optional.empty());
            assertThat(seenHeld).containsExactly(true);
            assertThat(lease.isHeld()).isTrue();
        }
    }

    /** Runs something after the first write. */
    private static final class AfterWrite implements MetadataStore {
        private final MetadataStore store;
        private final AtomicReference<Runnable> once;

        AfterWrite(MetadataStore store, Runnable action) {
            this.store = store;
            this.once = new AtomicReference<>(action);
        }

        @Override
        public Optional<Entry> read(String key) {
            return store.read(key);
        }

        @Override
        public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
            Optional<Entry> written = store.compareAndSet(key, expectedVersion, value);
            Runnable action = once.getAndSet(null);
            if (action != null) {
                action.run();
            }
            return written;
        }

        @Override
        public List<Entry> list(String prefix) {
            return store.list(prefix);
        }

        @Override
        public boolean delete(String key, long expectedVersion) {
            return store.delete(key, expectedVersion);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private void foreign(String holder, long fence, long beat) {
        long version = store.read("leases/capture").map(Entry::version).orElse(Entry.ABSENT);
        store.compareAndSet("leases/capture", version, Json.write(new LeaseRecord(fence, holder, beat)));
    }

    private void advanceSeconds(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000L);
    }
}
