package io.tidemark.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.util.concurrent.atomic.AtomicLong;
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
        foreign("other-host/17/1", 4, 0);
        assertThat(leases.tryAcquire("capture")).isEmpty();
        advanceSeconds(9);
        assertThat(leases.tryAcquire("capture")).isEmpty();
        foreign("other-host/17/1", 4, 1);
        advanceSeconds(9);
        assertThat(leases.tryAcquire("capture")).as("it was renewed meanwhile").isEmpty();
        advanceSeconds(11);
        assertThat(leases.tryAcquire("capture").orElseThrow().fence()).isEqualTo(5);
    }

    @Test
    void aDeadProcessOfThisMachineIsReplacedAtOnce() {
        Holder self = Holder.ofThisProcess();
        foreign(new Holder(self.host(), self.pid(), self.startedMillis() + 12345).toString(), 8, 0);
        assertThat(leases.tryAcquire("capture").orElseThrow().fence()).isEqualTo(9);
    }

    @Test
    void aLeaseThatWasNotRenewedInTimeIsNotHeld() {
        Lease lease = leases.tryAcquire("capture").orElseThrow();
        advanceSeconds(8);
        assertThat(lease.isHeld()).isFalse();
    }

    private void foreign(String holder, long fence, long beat) {
        long version = store.read("leases/capture").map(Entry::version).orElse(Entry.ABSENT);
        store.compareAndSet("leases/capture", version, Json.write(new LeaseRecord(fence, holder, beat)));
    }

    private void advanceSeconds(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000L);
    }
}
