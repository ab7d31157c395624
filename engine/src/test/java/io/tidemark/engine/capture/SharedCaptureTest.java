package io.tidemark.engine.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.capture.SimulatedStream.Event;
import io.tidemark.engine.config.SliceTime;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.report.RoleReports;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import io.tidemark.testkit.metastore.WriteFault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several processes capture one stream, one step at a time, in an order that a seed picks. They crash, sleep while their leases go to others and wake
 * again, lose writes to the metadata store, and see shards split, merge and go. What is sealed must have every event once and the events of each key in
 * order, and what capture says of how far it is must be true. By the times of events, a slice has none from after its interval, and few late ones.
 */
class SharedCaptureTest {
    private static final int SCHEDULES = Boolean.getBoolean("tidemark.slow") ? 1_000 : 100;

    @ParameterizedTest
    @EnumSource(SliceTime.class)
    void whateverHappensToTheProcessesEveryEventIsSealedOnceAndInOrder(SliceTime by) {
        long handedOver = 0;
        long inTime = 0;
        long late = 0;
        for (int seed = 0; seed < SCHEDULES; seed++) {
            Schedule schedule = new Schedule(seed, by);
            schedule.run();
            handedOver += schedule.handedOver();
            inTime += schedule.inTime;
            late += schedule.late;
        }
        // The schedules are of no use when helpers never help.
        assertThat(handedOver).isGreaterThan(SCHEDULES);
        if (by == SliceTime.EVENT_TIME) {
            assertThat(inTime).as("late: %d", late).isGreaterThan(3 * late);
        }
    }

    /** Time that stands still until it is moved. */
    private static final class SteppedClock extends Clock {
        private Instant now = Instant.parse("2026-11-20T08:31:00Z");

        void move(Duration step) {
            now = now.plus(step);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A lease: who took it last, and whether it still counts. */
    private record Held(int process, long fence, boolean holds) {}

    private static final class Schedule {
        private static final int PROCESSES = 4;
        private static final int STEPS = 1_500;

        private final int seed;
        private final Random random;
        private final SteppedClock clock = new SteppedClock();
        private final InMemoryMetadataStore metastore = new InMemoryMetadataStore();
        private final MemoryObjects storage = new MemoryObjects();
        private final MemorySlices log = new MemorySlices();
        private final SimulatedStream stream;
        private final Map<String, Held> leases = new TreeMap<>();
        private final List<Capturer> processes = new ArrayList<>();
        private final Documents<CaptureProgress> reports = new Documents<>(metastore, CaptureProgress.class);
        private final CaptureContext context;
        private final Set<Event> checkedUpTo = new HashSet<>();
        private Instant begun = Instant.MAX;
        private long inTime;
        private long late;
        private @Nullable Capturer stepping;

        Schedule(int seed, SliceTime by) {
            this.seed = seed;
            this.random = new Random(seed);
            this.stream = new SimulatedStream(random, clock::instant);
            this.context = new CaptureContext(
                    stream,
                    log,
                    storage,
                    "parts/",
                    metastore,
                    clock,
                    Duration.ofSeconds(by == SliceTime.ARRIVAL ? 2 : 10),
                    by,
                    40,
                    name -> Optional.ofNullable(leases.get(name))
                            .filter(Held::holds)
                            .isPresent(),
                    row -> {
                        throw new AssertionError("undecodable: " + row);
                    },
                    (table, reason) -> {
                        if (!stepping.holds()) {
                            throw new TidemarkException(ErrorCode.LEASE_LOST, "Cannot go on capturing");
                        }
                        throw new AssertionError("seed " + seed + ": lost " + table + ": " + reason);
                    });
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(new Capturer(i));
            }
        }

        void run() {
            for (int i = random.nextInt(20); i > 0; i--) {
                stream.write();
                clock.move(Duration.ofMillis(3));
            }
            for (int i = 0; i < STEPS; i++) {
                clock.move(Duration.ofMillis(random.nextInt(120)));
                step();
                checkReport();
            }
            finish();
            check();
            checkIntervals();
        }

        long handedOver() {
            return processes.stream().mapToLong(process -> process.handedOver).sum();
        }

        private void step() {
            Capturer process = processes.get(random.nextInt(PROCESSES));
            switch (random.nextInt(100)) {
                case 0 -> process.crash();
                case 1 -> expire(process);
                case 2 -> metastore.failNextWrite(random.nextBoolean() ? WriteFault.BEFORE : WriteFault.AFTER);
                case 3 -> stream.split();
                case 4 -> stream.merge();
                case 5, 6 -> stream.trim(stored());
                case 7, 8, 9 -> {
                    // Time passes.
                    clock.move(Duration.ofSeconds(1));
                }
                default -> {
                    if (random.nextInt(3) == 0) {
                        stream.write();
                        clock.move(Duration.ofMillis(1));
                    } else {
                        process.step();
                    }
                }
            }
        }

        /** Others see the leases of the process as free; it does not know yet, and may act on. */
        private void expire(Capturer process) {
            leases.replaceAll(
                    (name, held) -> held.process == process.number ? new Held(held.process, held.fence, false) : held);
        }

        private Optional<String> stored() {
            return new CaptureReports(metastore, clock, new RoleReports(metastore, clock)).resumeToken(log.newest());
        }

        /** Dead processes' leases run out, all come back, and read what there is. */
        private void finish() {
            processes.forEach(this::expire);
            processes.forEach(process -> process.doubt = 0);
            int calm = 0;
            for (int i = 0; i < 20_000 && calm < 400; i++) {
                clock.move(Duration.ofMillis(50));
                long before = log.newest().map(SliceManifest::sequence).orElse(0L);
                processes.get(random.nextInt(PROCESSES)).step();
                calm = log.newest().map(SliceManifest::sequence).orElse(0L) == before && isUpToDate() ? calm + 1 : 0;
            }
            assertThat(isUpToDate()).as("seed %d: everything is read", seed).isTrue();
        }

        private boolean isUpToDate() {
            List<Event> events = stream.events();
            Instant last = events.isEmpty()
                    ? Instant.EPOCH
                    : events.get(events.size() - 1).at();
            return reports.find(Keys.CAPTURE)
                    .map(CaptureProgress::partitions)
                    .filter(partitions -> partitions.sealedUpTo().isAfter(last))
                    .isPresent();
        }

        /** All events from before the time that the report names are in slices. */
        private void checkReport() {
            Optional<CaptureProgress> report = reports.find(Keys.CAPTURE);
            CaptureProgress.@Nullable Partitions partitions =
                    report.map(CaptureProgress::partitions).orElse(null);
            if (partitions == null) {
                return;
            }
            if (begun.equals(Instant.MAX)) {
                begun = PartitionPositions.of(stored())
                                .partitions(SimulatedStream.NAME)
                                .isEmpty()
                        ? Instant.MAX
                        : firstPosition();
            }
            Set<String> sealed = null;
            for (Event event : stream.events()) {
                boolean isOld = event.at().isBefore(begun);
                if (!isOld && event.at().isBefore(partitions.sealedUpTo()) && checkedUpTo.add(event)) {
                    sealed = sealed == null ? names(report.orElseThrow().afterSlice()) : sealed;
                    assertThat(sealed)
                            .as(
                                    "seed %d: sealed up to %s, %s, begun %s, stored %s",
                                    seed, partitions.sealedUpTo(), event, begun, stored())
                            .contains(event.key() + "/" + event.number());
                }
            }
        }

        private Instant firstPosition() {
            PartitionPositions positions = PartitionPositions.of(stored());
            return positions.partitions(SimulatedStream.NAME).stream()
                    .map(partition ->
                            positions.find(SimulatedStream.NAME, partition).orElseThrow())
                    .filter(position -> position.kind() == PartitionPosition.Kind.SINCE)
                    .map(position -> Instant.parse(position.value()))
                    .findFirst()
                    .orElse(clock.instant());
        }

        private Set<String> names(long throughSlice) {
            Set<String> names = new HashSet<>();
            for (List<ChangeBatch> slice : log.rows().subList(0, (int) throughSlice)) {
                for (ChangeBatch batch : slice) {
                    for (int row = 0; row < batch.size(); row++) {
                        names.add(value(batch, 0, row) + "/" + value(batch, 1, row));
                    }
                }
            }
            return names;
        }

        private static long value(ChangeBatch batch, int column, int row) {
            return ((LongVector) batch.column(column)).value(row);
        }

        private void check() {
            Map<Long, List<Long>> byKey = new HashMap<>();
            for (List<ChangeBatch> slice : log.rows()) {
                for (ChangeBatch batch : slice) {
                    for (int row = 0; row < batch.size(); row++) {
                        byKey.computeIfAbsent(value(batch, 0, row), key -> new ArrayList<>())
                                .add(value(batch, 1, row));
                    }
                }
            }
            byKey.forEach((key, numbers) -> assertThat(numbers)
                    .as("seed %d, key %d", seed, key)
                    .isSorted()
                    .doesNotHaveDuplicates());
            for (Event event : stream.events()) {
                if (!event.at().isBefore(begun)) {
                    assertThat(byKey.getOrDefault((long) event.key(), List.of()))
                            .as("seed %d, key %d", seed, event.key())
                            .contains((long) event.number());
                }
            }
        }

        private void checkIntervals() {
            for (int slice = 0; slice < log.rows().size(); slice++) {
                EventInterval interval = log.find(slice + 1).orElseThrow().interval();
                assertThat(interval == null).isEqualTo(context.by() == SliceTime.ARRIVAL);
                for (ChangeBatch batch : log.rows().get(slice)) {
                    for (int row = 0; interval != null && row < batch.size(); row++) {
                        Instant time = Instant.EPOCH.plus(batch.commitMicros(row), ChronoUnit.MICROS);
                        assertThat(time)
                                .as("seed %d, slice %d", seed, slice + 1)
                                .isBefore(interval.end());
                        if (time.isBefore(interval.start())) {
                            late++;
                        } else {
                            inTime++;
                        }
                    }
                }
            }
        }

        /** One process: nothing, the one that seals, or one that helps. */
        private final class Capturer {
            private final int number;
            private @Nullable CaptureLead lead;
            private @Nullable PartCapture helper;
            private String lease = "";
            private long fence;
            private long handedOver;

            /** Steps that are left until it notices that its lease is gone. */
            private int doubt;

            Capturer(int number) {
                this.number = number;
            }

            void step() {
                if (!lease.isEmpty() && !holds()) {
                    if (doubt == 0) {
                        end();
                        return;
                    }
                    doubt--;
                }
                stepping = this;
                try {
                    if (lease.isEmpty()) {
                        begin();
                    } else if (lease.equals(CaptureRole.LEASE)) {
                        lead();
                    } else {
                        help();
                    }
                } catch (TidemarkException e) {
                    end();
                }
            }

            private boolean holds() {
                Held held = leases.get(lease);
                return held != null && held.process == number && held.fence == fence && held.holds;
            }

            private boolean acquire(String name) {
                Held held = leases.get(name);
                if (held != null && held.holds && held.process != number) {
                    return false;
                }
                lease = name;
                fence = held == null ? 1 : held.fence + 1;
                leases.put(name, new Held(number, fence, true));
                doubt = random.nextInt(15);
                return true;
            }

            private void begin() {
                if (!acquire(CaptureRole.LEASE)) {
                    for (int i = 1; !acquire(Helpers.LEASE + "0" + i); i++) {
                        assertThat(i).isLessThan(10);
                    }
                }
            }

            private void lead() {
                CaptureLead leading = lead;
                if (leading == null) {
                    CaptureReports said = new CaptureReports(metastore, clock, new RoleReports(metastore, clock));
                    Optional<SliceManifest> newest = log.newest();
                    List<SourceTable> tables = stream.tables();
                    leading = new CaptureLead(context, said, tables, said.resumeToken(newest), newest);
                    lead = leading;
                }
                leading.poll(Duration.ZERO);
                leading.store(fence);
            }

            private void help() {
                PartCapture helping = helper;
                if (helping == null) {
                    Optional<Share> share = PartCapture.offer(context, lease.substring(Helpers.LEASE.length()), fence);
                    if (share.filter(found -> !found.partitions().isEmpty()).isPresent()) {
                        helper = new PartCapture(
                                context, lease.substring(Helpers.LEASE.length()), share.orElseThrow(), stream.tables());
                    }
                    return;
                }
                boolean isSealed = leases.get(CaptureRole.LEASE) != null && leases.get(CaptureRole.LEASE).holds;
                if (!helping.step(Duration.ZERO) || !isSealed) {
                    end();
                }
                handedOver = Math.max(handedOver, helping.parts());
            }

            /** Gives its lease back. */
            private void end() {
                if (holds()) {
                    leases.put(lease, new Held(number, fence, false));
                }
                crash();
            }

            /** Its memory is gone; its leases hold on until they run out. */
            void crash() {
                lead = null;
                helper = null;
                lease = "";
            }
        }
    }
}
