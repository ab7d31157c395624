package io.tidemark.engine.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.StreamPartition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartitionLineageTest {
    private static final TableId TABLE = new TableId("dynamodb", "orders");
    private static final Instant NOW = Instant.parse("2026-11-20T08:31:00Z");
    private static final int SCHEDULES = 1_000;

    @Test
    void aNewStreamIsReadFromNowOnInItsOpenPartitions() {
        PartitionPositions positions = PartitionPositions.of(Optional.empty());
        var decision = decide(positions, partition("a", true), partition("b", false, "a"));
        assertThat(decision.readable()).extracting(StreamPartition::id).containsExactly("b");
        assertThat(positions.find("s", "b")).contains(PartitionPosition.since(NOW));
    }

    @Test
    void aNewStreamIsReadFromWhenItsEventsAreWantedInClosedPartitionsToo() {
        Instant from = NOW.minusSeconds(3_600);
        PartitionPositions positions = PartitionPositions.of(Optional.empty());
        StreamPartition[] listed = {
            new StreamPartition("a", "s", List.of(TABLE), List.of(), true, from),
            new StreamPartition("b", "s", List.of(TABLE), List.of("a"), false, from)
        };
        assertThat(decide(positions, listed).readable())
                .extracting(StreamPartition::id)
                .containsExactly("a");
        assertThat(positions.find("s", "a")).contains(PartitionPosition.since(from));
        assertThat(positions.find("s", "b")).contains(PartitionPosition.since(from));
    }

    @Test
    void itIsKeptSinceWhenEventsOfAStreamAreCaptured() {
        Instant from = NOW.minusSeconds(3_600);
        PartitionPositions positions = PartitionPositions.of(Optional.empty());
        decide(positions, new StreamPartition("a", "s", List.of(TABLE), List.of(), false, from));
        positions.put("s", "a", PartitionPosition.after("7"));
        PartitionPositions restarted = PartitionPositions.of(Optional.of(positions.toToken()));
        // What is wanted later changes nothing of a stream that is known.
        decide(restarted, new StreamPartition("a", "s", List.of(TABLE), List.of(), false, from.minusSeconds(60)));
        assertThat(restarted.begun(TABLE)).contains(from);
        assertThat(restarted.begun(new TableId("dynamodb", "other"))).isEmpty();
        decide(restarted);
        assertThat(restarted.begun(TABLE)).isEmpty();
        decide(restarted, partition("b", false));
        assertThat(restarted.begun(TABLE)).contains(NOW);
    }

    @Test
    void childrenWaitForAllOfTheirParents() {
        PartitionPositions positions = PartitionPositions.of(Optional.empty());
        decide(positions, partition("a", false), partition("b", false));
        StreamPartition[] merged = {partition("a", true), partition("b", true), partition("c", false, "a", "b")};
        assertThat(decide(positions, merged).readable())
                .extracting(StreamPartition::id)
                .containsExactly("a", "b");
        positions.put("s", "a", PartitionPosition.ENDED);
        assertThat(decide(positions, merged).readable())
                .extracting(StreamPartition::id)
                .containsExactly("b");
        positions.put("s", "b", PartitionPosition.ENDED);
        assertThat(decide(positions, merged).readable())
                .extracting(StreamPartition::id)
                .containsExactly("c");
        assertThat(positions.partitions("s")).containsExactly("c");
    }

    @Test
    void aPartitionThatWasForgottenIsNotReadAgain() {
        PartitionPositions positions = PartitionPositions.of(Optional.empty());
        decide(positions, partition("a", false));
        positions.put("s", "a", PartitionPosition.ENDED);
        StreamPartition[] split = {partition("a", true), partition("b", false, "a")};
        decide(positions, split);
        PartitionPositions restarted = PartitionPositions.of(Optional.of(positions.toToken()));
        assertThat(decide(restarted, split).readable())
                .extracting(StreamPartition::id)
                .containsExactly("b");
    }

    @Test
    void whatTheSourceDroppedUnreadIsLost() {
        PartitionPositions positions = PartitionPositions.of(Optional.empty());
        decide(positions, partition("a", false));
        var decision = decide(positions, partition("b", false, "a"));
        assertThat(decision.lost()).containsOnlyKeys(TABLE);
        assertThat(decision.readable()).extracting(StreamPartition::id).containsExactly("b");
        assertThat(decide(positions).lost()).containsOnlyKeys(TABLE);
        assertThat(positions.streams()).isEmpty();
    }

    @Test
    void everyEventComesOnceAndInTheOrderOfItsKeyWhateverHappens() {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            new Schedule(seed).run();
        }
    }

    private static PartitionLineage.Decision decide(PartitionPositions positions, StreamPartition... listed) {
        return PartitionLineage.decide(List.of(listed), positions, Set.of(TABLE), NOW);
    }

    private static StreamPartition partition(String id, boolean closed, String... parents) {
        return new StreamPartition(id, "s", List.of(TABLE), List.of(parents), closed);
    }

    /** An event of the simulated stream: the n-th of its key. */
    private record Event(int key, int number) {}

    /** A partition of the simulated stream, with all keys from {@code from} to below {@code to}. */
    private static final class Shard {
        private final String id;
        private final List<String> parents;
        private final int from;
        private final int to;
        private final List<Event> events = new ArrayList<>();
        private boolean closed;

        Shard(int number, List<String> parents, int from, int to) {
            this.id = String.format("shard-%04d", number);
            this.parents = parents;
            this.from = from;
            this.to = to;
        }
    }

    /**
     * A stream that is written to, split, merged and trimmed, while a capture reads it, seals, and starts again from what was sealed last, all in an
     * order that the seed picks.
     */
    private static final class Schedule {
        private static final int KEYS = 16;
        private static final int STEPS = 400;

        private final int seed;
        private final Random random;
        private final List<Shard> shards = new ArrayList<>();
        private final Map<Integer, Integer> written = new HashMap<>();
        private final Map<Integer, Integer> writtenBefore = new HashMap<>();
        private final List<Event> sealed = new ArrayList<>();
        private final List<Event> open = new ArrayList<>();
        private PartitionPositions positions = PartitionPositions.of(Optional.empty());
        private Optional<String> token = Optional.empty();
        private int made;

        Schedule(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            int first = 1 + random.nextInt(3);
            for (int i = 0; i < first; i++) {
                shards.add(new Shard(made++, List.of(), i * KEYS / first, (i + 1) * KEYS / first));
            }
        }

        void run() {
            for (int i = random.nextInt(20); i > 0; i--) {
                write();
            }
            decide();
            writtenBefore.putAll(written);
            seal();
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            while (!readAll()) {
                // Reads until there is nothing left.
            }
            seal();
            check();
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0 -> split();
                case 1 -> merge();
                case 2 -> trim();
                case 3 -> crash();
                case 4, 5 -> seal();
                case 6, 7, 8, 9, 10, 11 -> write();
                default -> read();
            }
        }

        private void write() {
            int key = random.nextInt(KEYS);
            Shard shard = shards.stream()
                    .filter(one -> !one.closed && one.from <= key && key < one.to)
                    .findFirst()
                    .orElseThrow();
            shard.events.add(new Event(key, written.merge(key, 1, Integer::sum)));
        }

        private void split() {
            List<Shard> wide = shards.stream()
                    .filter(shard -> !shard.closed && shard.to - shard.from > 1)
                    .toList();
            if (!wide.isEmpty()) {
                Shard shard = wide.get(random.nextInt(wide.size()));
                int middle = (shard.from + shard.to) / 2;
                shard.closed = true;
                shards.add(new Shard(made++, List.of(shard.id), shard.from, middle));
                shards.add(new Shard(made++, List.of(shard.id), middle, shard.to));
            }
        }

        private void merge() {
            List<Shard> left = shards.stream()
                    .filter(shard -> !shard.closed)
                    .sorted(Comparator.comparingInt(shard -> shard.from))
                    .toList();
            if (left.size() > 1) {
                int at = random.nextInt(left.size() - 1);
                Shard one = left.get(at);
                Shard other = left.get(at + 1);
                one.closed = true;
                other.closed = true;
                shards.add(new Shard(made++, List.of(one.id, other.id), one.from, other.to));
            }
        }

        /** The oldest shard goes, when what is in slices does not need it any more. */
        private void trim() {
            Shard oldest = shards.get(0);
            PartitionPositions durable = PartitionPositions.of(token);
            boolean isNeeded = durable.find("s", oldest.id)
                    .filter(position -> !position.isEnded())
                    .isPresent();
            boolean wasSeen = positions.find("s", oldest.id).isPresent() || !oldest.parents.isEmpty();
            if (oldest.closed && !isNeeded && wasSeen && isBehind(durable, oldest)) {
                shards.remove(oldest);
            }
        }

        private boolean isBehind(PartitionPositions durable, Shard shard) {
            return durable.isEnded("s", shard.id)
                    || shards.stream()
                            .anyMatch(child -> child.parents.contains(shard.id)
                                    && durable.find("s", child.id).isPresent());
        }

        private List<StreamPartition> decide() {
            List<StreamPartition> listed = shards.stream()
                    .map(shard -> new StreamPartition(shard.id, "s", List.of(TABLE), shard.parents, shard.closed))
                    .toList();
            var decision = PartitionLineage.decide(listed, positions, Set.of(TABLE), NOW);
            assertThat(decision.lost()).as("seed %d", seed).isEmpty();
            return decision.readable();
        }

        private void read() {
            List<StreamPartition> readable = decide();
            if (!readable.isEmpty()) {
                read(readable.get(random.nextInt(readable.size())), 1 + random.nextInt(4));
            }
        }

        /** Returns whether nothing was left. */
        private boolean readAll() {
            List<StreamPartition> readable = decide();
            boolean done = true;
            for (StreamPartition partition : readable) {
                done &= read(partition, Integer.MAX_VALUE) == 0;
            }
            return done;
        }

        private int read(StreamPartition partition, int most) {
            Shard shard = shards.stream()
                    .filter(one -> one.id.equals(partition.id()))
                    .findFirst()
                    .orElseThrow();
            PartitionPosition position = positions.find("s", shard.id).orElseThrow();
            int next = position.kind() == PartitionPosition.Kind.AFTER ? Integer.parseInt(position.value()) + 1 : 0;
            int read = 0;
            while (next < shard.events.size() && read < most) {
                open.add(shard.events.get(next));
                positions.put("s", shard.id, PartitionPosition.after(Integer.toString(next)));
                next++;
                read++;
            }
            if (shard.closed && next == shard.events.size()) {
                positions.put("s", shard.id, PartitionPosition.ENDED);
                read++;
            }
            return read;
        }

        private void seal() {
            sealed.addAll(open);
            open.clear();
            token = Optional.of(positions.toToken());
        }

        private void crash() {
            open.clear();
            positions = PartitionPositions.of(token);
        }

        private void check() {
            Map<Integer, List<Integer>> byKey = new HashMap<>();
            sealed.forEach(event ->
                    byKey.computeIfAbsent(event.key, key -> new ArrayList<>()).add(event.number));
            Set<Integer> keys = new HashSet<>(written.keySet());
            for (int key : keys) {
                List<Integer> numbers = byKey.getOrDefault(key, List.of());
                assertThat(numbers).as("seed %d, key %d", seed, key).isSorted().doesNotHaveDuplicates();
                int last = written.get(key);
                for (int number = writtenBefore.getOrDefault(key, 0) + 1; number <= last; number++) {
                    assertThat(numbers).as("seed %d, key %d", seed, key).contains(number);
                }
            }
        }
    }
}
