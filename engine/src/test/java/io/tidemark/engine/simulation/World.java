package io.tidemark.engine.simulation;

import io.tidemark.engine.metadata.PrefixedMetadataStore;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What all processes of a simulation share: database, storage, lake and metadata store, and a network between them that loses answers. */
final class World {
    static final String PIPELINE = "sim";

    private static final Map<String, World> WORLDS = new ConcurrentHashMap<>();
    private static final int TRACE_MAX = Integer.getInteger("tidemark.trace", 400);

    /** What an aimed fault does: the call arrives when others have taken over, its caller dies with it done, or stands still before it. */
    private static final int[] AIMED = {4, 6, 8, 8};

    private final String name;
    private final Random random;
    private final Scheduler scheduler;
    private final Set<Bug> bugs;
    private final Deque<Step> trace = new ArrayDeque<>();
    private final InMemoryMetadataStore store = new InMemoryMetadataStore();
    private final SimulatedObjects objects;
    private final Database database;
    private final SimulatedLake lake;
    private final Invariants invariants;
    private final SliceLog slices;

    /** How likely a call goes wrong; 0 in calm times. */
    private double faults;

    /** Calls whose name begins with this go wrong often; null for none. */
    private @Nullable String target;

    private int crashes;

    private record Step(long nanos, String process, String what) {
        @Override
        public String toString() {
            return String.format("%9.3f %-4s %s", nanos / 1e9, process, what);
        }
    }

    World(String name, long seed, Scheduler scheduler, @Nullable Bug bug) {
        this.name = name;
        this.random = new Random(seed);
        this.scheduler = scheduler;
        this.bugs = bug == null ? EnumSet.noneOf(Bug.class) : EnumSet.of(bug);
        this.objects = new SimulatedObjects(this);
        this.database = new Database(this);
        this.lake = new SimulatedLake(this);
        this.slices = Schedule.PLUGINS
                .sliceLog()
                .open(
                        PIPELINE,
                        objects.faultless(),
                        new PrefixedMetadataStore(store, "pipelines/" + PIPELINE + "/"),
                        Clock.systemUTC(),
                        SliceFormat.JSONL);
        this.invariants = new Invariants(this);
        WORLDS.put(name, this);
    }

    static World named(String name) {
        World found = WORLDS.get(name);
        if (found == null) {
            throw new IllegalArgumentException("Cannot find a world (name=" + name + ")");
        }
        return found;
    }

    void forget() {
        WORLDS.remove(name);
    }

    Random random() {
        return random;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Entries without network between. */
    InMemoryMetadataStore store() {
        return store;
    }

    SimulatedObjects objects() {
        return objects;
    }

    Database database() {
        return database;
    }

    SimulatedLake lake() {
        return lake;
    }

    Invariants invariants() {
        return invariants;
    }

    /** The slice log as it is, without network between. */
    SliceLog slices() {
        return slices;
    }

    boolean has(Bug bug) {
        return bugs.contains(bug);
    }

    void setFaults(double probability) {
        faults = probability;
    }

    /** Has every few calls that change something and whose name begins so go wrong, however seldom others do. */
    void aimAt(@Nullable String calls) {
        target = calls;
    }

    /** A process dies. */
    void kill(SimulatedProcess process, String where) {
        trace("KILL " + process + ": " + where);
        crashes++;
        process.kill();
    }

    int crashes() {
        return crashes;
    }

    /** Notes what happens, for people who look for the reason of a failure. */
    void trace(String what) {
        SimulatedProcess process = scheduler.process();
        trace.add(new Step(scheduler.now(), process == null ? "" : process.name(), what));
        if (trace.size() > TRACE_MAX) {
            trace.poll();
        }
    }

    String trace() {
        return trace.stream().map(Step::toString).collect(Collectors.joining("\n"));
    }

    /** A call over the network that changes nothing. */
    <T> T read(String what, ErrorCode failure, Supplier<T> call) {
        if (!scheduler.isSimulated()) {
            return call.get();
        }
        scheduler.pause(latency());
        if (happens(1)) {
            throw failed(what, failure);
        }
        return call.get();
    }

    /**
     * A call over the network that changes something: it can fail, its answer can be lost, it can arrive twice, or after its caller has given up, and
     * the caller can die on the way, or stand still while others take over.
     */
    <T> T write(String what, ErrorCode failure, Supplier<T> call) {
        if (!scheduler.isSimulated()) {
            return call.get();
        }
        scheduler.pause(latency());
        String aim = target;
        if (aim != null && what.startsWith(aim) && random.nextInt(4) == 0) {
            return goWrong(AIMED[random.nextInt(AIMED.length)], what, failure, call);
        }
        if (!happens(2)) {
            T answer = call.get();
            trace(what);
            if (random.nextInt(4) == 0) {
                scheduler.pause(latency());
            }
            return answer;
        }
        return goWrong(random.nextInt(11), what, failure, call);
    }

    private <T> T goWrong(int how, String what, ErrorCode failure, Supplier<T> call) {
        switch (how) {
            case 10 -> {
                T answer = call.get();
                trace(what + ", and once more later");
                later(what, call);
                return answer;
            }
            case 0, 1 -> throw failed(what, failure);
            case 2, 3 -> {
                var unused = call.get();
                trace(what + ", answer lost");
                throw failed(what, failure);
            }
            case 4 -> {
                later(what, call);
                throw failed(what, failure);
            }
            case 5 -> throw crash(what + " not sent");
            case 6 -> {
                var unused = call.get();
                throw crash(what + " done");
            }
            case 7 -> {
                later(what, call);
                throw crash(what + " on its way");
            }
            default -> {
                stopProcess(what);
                T answer = call.get();
                trace(what);
                return answer;
            }
        }
    }

    /** All threads of the calling process stand still, mostly for longer than its leases live. */
    private void stopProcess(String what) {
        SimulatedProcess process = scheduler.process();
        if (process != null) {
            Duration pause = Duration.ofMillis(random.nextInt(30_000));
            trace("PAUSE for " + pause + " before: " + what);
            process.pauseFor(pause);
            scheduler.pause(0);
        }
    }

    /** Whether something unlikely happens now. */
    boolean happens(double times) {
        return faults > 0 && random.nextDouble() < faults * times;
    }

    /** Something arrives after a while, whatever became of who sent it. */
    void later(String what, Supplier<?> call) {
        long delay = (long) (random.nextDouble() * random.nextDouble() * 20e9);
        scheduler.start(null, "network", () -> {
            scheduler.pause(delay);
            try {
                var unused = call.get();
                trace(what + " arrives late");
            } catch (TidemarkException e) {
                trace(what + " arrives late and is refused: " + e.code());
            }
        });
    }

    TidemarkException failed(String what, ErrorCode code) {
        trace(what + " fails: " + code);
        return new TidemarkException(code, "Cannot " + what + ": the simulated network lost it");
    }

    private SimulatedCrash crash(String what) {
        SimulatedProcess process = scheduler.process();
        if (process != null) {
            kill(process, what);
        }
        return new SimulatedCrash();
    }

    /** Mostly a millisecond or so, seldom seconds. */
    long latency() {
        double dice = random.nextDouble();
        double millis;
        if (dice < 0.8 || faults == 0) {
            millis = 0.2 + random.nextDouble() * 2;
        } else if (dice < 0.97) {
            millis = random.nextDouble() * 30;
        } else if (dice < 0.999) {
            millis = random.nextDouble() * 500;
        } else {
            millis = random.nextDouble() * 15_000;
        }
        return (long) (millis * 1e6);
    }
}
