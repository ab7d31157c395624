package io.tidemark.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What leases do on every metadata store; an implementation's test extends this. Each contender stands for a process: it has its own connection to the store,
 * and its own clock, which moves when the test says so; renewals go by real time.
 */
public abstract class LeaseContract {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CONTENDERS = 4;
    private static final int TURNS = 8;
    private static final String LEASE = "table/public.accounts";

    private final List<Contender> contenders = new ArrayList<>();

    /** Opens a connection to the test's one store, which is empty when the test starts. Called several times in a test. */
    protected abstract MetadataStore open() throws Exception;

    /** Makes writes to the store fail until {@link #reconnect}, also those of connections that are open. */
    protected abstract void disconnect() throws Exception;

    protected abstract void reconnect() throws Exception;

    @AfterEach
    final void closeContenders() {
        contenders.forEach(Contender::close);
    }

    /** A process that takes leases. */
    private static final class Contender implements AutoCloseable {
        private final AtomicLong nanos = new AtomicLong(1);
        private final PausableStore store;
        private final Leases leases;

        Contender(MetadataStore store) {
            this.store = new PausableStore(store);
            this.leases = new Leases(this.store, nanos::get);
        }

        Optional<Lease> tryAcquire() {
            return leases.tryAcquire(LEASE);
        }

        void advance(Duration time) {
            nanos.addAndGet(time.toNanos());
        }

        @Override
        public void close() {
            store.resume();
            leases.close();
            store.close();
        }
    }

    private Contender contender() throws Exception {
        Contender contender = new Contender(open());
        contenders.add(contender);
        return contender;
    }

    @Test
    final void oneHolderAtATimeAndFencesGrow() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<Long> fences = Collections.synchronizedList(new ArrayList<>());
        List<Contender> all = new ArrayList<>();
        for (int i = 0; i < CONTENDERS; i++) {
            all.add(contender());
        }
        ExecutorService threads = Executors.newFixedThreadPool(CONTENDERS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Contender contender : all) {
                running.add(threads.submit(() -> takeTurns(contender, inside, fences)));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(fences).hasSize(CONTENDERS * TURNS).doesNotHaveDuplicates().isSorted();
    }

    private static void takeTurns(Contender contender, AtomicInteger inside, List<Long> fences) {
        for (int turn = 0; turn < TURNS; ) {
            Optional<Lease> taken = contender.tryAcquire();
            if (taken.isPresent()) {
                Lease lease = taken.orElseThrow();
                assertThat(inside.incrementAndGet()).as("holders").isEqualTo(1);
                fences.add(lease.fence());
                assertThat(lease.isHeld()).isTrue();
                assertThat(inside.decrementAndGet()).isZero();
                lease.close();
                turn++;
            }
        }
    }

    @Test
    final void whatIsGivenBackIsFreeForOthersAtOnce() throws Exception {
        Contender first = contender();
        Contender second = contender();
        Lease taken = first.tryAcquire().orElseThrow();
        assertThat(second.tryAcquire()).isEmpty();
        assertThat(second.leases.isHeldBySomebody(LEASE)).isTrue();
        taken.close();
        assertThat(taken.isHeld()).isFalse();
        Lease next = second.tryAcquire().orElseThrow();
        assertThat(next.fence()).isGreaterThan(taken.fence());
        assertThat(first.tryAcquire()).isEmpty();
    }

    @Test
    final void aHolderThatIsRenewedIsNotReplaced() throws Exception {
        Contender holder = contender();
        Contender other = contender();
        Lease lease = holder.tryAcquire().orElseThrow();
        assertThat(other.tryAcquire()).isEmpty();
        long version = entry(other).version();
        await().atMost(PATIENCE).until(() -> entry(other).version() != version);
        other.advance(Leases.TIME_TO_LIVE.multipliedBy(2));
        assertThat(other.tryAcquire()).as("it was renewed meanwhile").isEmpty();
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    final void aHolderThatPausesIsReplacedAndLearnsIt() throws Exception {
        Contender paused = contender();
        Contender other = contender();
        Contender third = contender();
        Lease lost = paused.tryAcquire().orElseThrow();
        paused.store.pause();
        assertThat(other.tryAcquire()).isEmpty();
        other.advance(Leases.TIME_TO_LIVE.plusSeconds(1));
        Lease taken = other.tryAcquire().orElseThrow();
        assertThat(taken.fence()).isGreaterThan(lost.fence());
        assertThat(third.tryAcquire()).isEmpty();

        // Its clock stands still: it is the store that tells it.
        paused.store.resume();
        await().atMost(PATIENCE).until(() -> !lost.isHeld());
        assertThatThrownBy(() -> lost.requireHeld("commit"))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LEASE_LOST, TidemarkException::code);
        lost.close();
        assertThat(paused.tryAcquire()).isEmpty();
        assertThat(third.tryAcquire())
                .as("the old holder gave nothing back that is not its own")
                .isEmpty();
        assertThat(taken.isHeld()).isTrue();
    }

    @Test
    final void aHolderWhoseClockHasRunOnIsNoHolderBeforeAnybodyTellsIt() throws Exception {
        Contender paused = contender();
        Lease lease = paused.tryAcquire().orElseThrow();
        paused.store.pause();
        paused.advance(Leases.TIME_TO_LIVE);
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    final void aStoreThatIsAwayGivesNoLeaseAndTheHolderGoesOnWhenItIsBack() throws Exception {
        Contender holder = contender();
        Contender other = contender();
        Lease lease = holder.tryAcquire().orElseThrow();
        disconnect();
        try {
            holder.advance(Leases.TIME_TO_LIVE);
            assertThat(lease.isHeld()).isFalse();
            assertThat(takenWhileAway(other)).isEmpty();
        } finally {
            reconnect();
        }
        await().atMost(PATIENCE).until(lease::isHeld);
        assertThat(other.tryAcquire()).isEmpty();
        lease.close();
        Lease next = other.tryAcquire().orElseThrow();
        assertThat(next.fence()).isGreaterThan(lease.fence());
    }

    private static Optional<Lease> takenWhileAway(Contender contender) {
        try {
            return contender.tryAcquire();
        } catch (TidemarkException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE);
            return Optional.empty();
        }
    }

    private static Entry entry(Contender contender) {
        return contender.store.read("leases/" + LEASE).orElseThrow();
    }

    /** A store whose calls wait while the process is paused. */
    private static final class PausableStore implements MetadataStore {
        private final MetadataStore store;
        private final Semaphore running = new Semaphore(Integer.MAX_VALUE);

        PausableStore(MetadataStore store) {
            this.store = store;
        }

        void pause() {
            running.drainPermits();
        }

        void resume() {
            running.release(Integer.MAX_VALUE - running.availablePermits());
        }

        @Override
        public Optional<Entry> read(String key) {
            awaitRunning();
            return store.read(key);
        }

        @Override
        public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
            awaitRunning();
            return store.compareAndSet(key, expectedVersion, value);
        }

        @Override
        public List<Entry> list(String prefix) {
            awaitRunning();
            return store.list(prefix);
        }

        @Override
        public boolean delete(String key, long expectedVersion) {
            awaitRunning();
            return store.delete(key, expectedVersion);
        }

        @Override
        public void close() {
            store.close();
        }

        private void awaitRunning() {
            running.acquireUninterruptibly();
            running.release();
        }
    }
}
