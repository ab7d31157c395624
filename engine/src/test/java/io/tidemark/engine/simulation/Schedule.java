package io.tidemark.engine.simulation;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.metadata.PrefixedMetadataStore;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.Verifier;
import io.tidemark.engine.verify.VerifyListener;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.ResultVisitor;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.TableReading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One run of the whole pipeline in two processes that play all roles, against a database that is written to, while things go wrong; then a calm time, in
 * which everything must come to rest and be proven equal. The seed decides everything.
 */
final class Schedule {
    private static final int PROCESSES = 2;
    private static final long END = Duration.ofMinutes(30).toNanos();
    private static final Duration SETTLES_IN = Duration.ofMinutes(10);
    private static final AtomicLong WORLDS = new AtomicLong();
    static final Plugins PLUGINS = new Plugins();

    /** Calls that much depends on and that are few among all: lake, slices, and what the metadata store says of them. */
    private static final List<String> TARGETS = List.of(
            "apply",
            "begin of load",
            "chunk",
            "end of load",
            "publish",
            "upkeep",
            "put ",
            "make ",
            "remove ",
            "write pipelines/" + World.PIPELINE + "/leases/",
            "write pipelines/" + World.PIPELINE + "/progress/",
            "write pipelines/" + World.PIPELINE + "/tables/",
            "write pipelines/" + World.PIPELINE + "/cuts/");

    private final long seed;
    private final Scheduler scheduler = new Scheduler(END);
    private final World world;
    private final @Nullable Bug bug;
    private final Random random;
    private final PipelineConfig config;
    private final MetadataStore truth;
    private final SimulatedProcess[] processes = new SimulatedProcess[PROCESSES];
    private boolean writing = true;
    private boolean calm;
    private boolean stopping;
    private int generation;
    private int proofs;

    /**
     * @param folder for files that the configuration asks for
     * @param bug a mistake to be found; null for none
     */
    Schedule(Path folder, long seed, @Nullable Bug bug) {
        this.seed = seed;
        String name = "w" + WORLDS.incrementAndGet();
        this.world = new World(name, seed, scheduler, bug);
        this.bug = bug;
        this.random = world.random();
        this.truth = new PrefixedMetadataStore(world.store(), "pipelines/" + World.PIPELINE + "/");
        this.config = config(folder, name);
    }

    private PipelineConfig config(Path folder, String name) {
        String yaml = """
                pipeline: %s
                source: {type: simulated, world: %s}
                lake: {type: simulated, location: simulated, world: %s}
                metadata: {type: simulated, world: %s}
                state: %s
                slices: {interval: 1s, keep: 1m, format: jsonl}
                limits: {workers: 2, snapshot-readers: 2}
                """.formatted(World.PIPELINE, name, name, name, folder.resolve("state"));
        try {
            Path file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
            PipelineConfig read = ConfigReader.read(file, PLUGINS, Map.of());
            Files.delete(file);
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a run came to. */
    record Result(
            long schedules,
            long commits,
            long exactCommits,
            long slices,
            long cuts,
            long crashes,
            long proofs,
            long switches) {
        static final Result NONE = new Result(0, 0, 0, 0, 0, 0, 0, 0);

        Result plus(Result other) {
            return new Result(
                    schedules + other.schedules,
                    commits + other.commits,
                    exactCommits + other.exactCommits,
                    slices + other.slices,
                    cuts + other.cuts,
                    crashes + other.crashes,
                    proofs + other.proofs,
                    switches + other.switches);
        }
    }

    /**
     * Runs it.
     *
     * @throws AssertionError when an invariant does not hold, with the last steps before
     */
    Result run() {
        try {
            scheduler.run(this::play);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\nThe last steps:\n" + world.trace(), e);
        } finally {
            world.forget();
        }
        return new Result(
                1,
                world.invariants().commits(),
                world.invariants().exactCommits(),
                world.invariants().slices(),
                world.invariants().cuts(),
                world.crashes(),
                proofs,
                scheduler.switches());
    }

    private void play() {
        for (int i = 0; i < 10; i++) {
            world.database().write();
        }
        scheduler.start(null, "writers", this::write);
        double intensity = List.of(0.0, 0.001, 0.005, 0.02).get(random.nextInt(4));
        world.setFaults(intensity);
        if (random.nextBoolean()) {
            world.aimAt(TARGETS.get(random.nextInt(TARGETS.size())));
        }
        if (bug != null && !bug.needs().isEmpty()) {
            world.aimAt(bug.needs());
        }
        for (int i = 0; i < PROCESSES; i++) {
            boot(i);
        }
        long end = scheduler.now() + Duration.ofSeconds(20 + random.nextInt(25)).toNanos();
        while (scheduler.now() < end) {
            scheduler.pause((long) (random.nextDouble() * 2.5e9));
            disturb();
        }
        settle();
    }

    private void write() {
        while (writing) {
            scheduler.pause((long) (random.nextDouble() * (random.nextInt(10) == 0 ? 3e9 : 0.3e9)));
            world.database().write();
        }
    }

    private void disturb() {
        int which = random.nextInt(PROCESSES);
        SimulatedProcess process = processes[which];
        switch (random.nextInt(12)) {
            case 0, 1 -> world.kill(process, "anywhere");
            case 2, 3 -> {
                Duration pause = Duration.ofMillis(random.nextInt(random.nextBoolean() ? 3_000 : 30_000));
                world.trace("PAUSE " + process + " for " + pause);
                process.pauseFor(pause);
            }
            case 4 -> {
                Duration jump = Duration.ofMillis(random.nextInt(7_200_000) - 3_600_000);
                world.trace("CLOCK of " + process + " jumps " + jump);
                process.moveClock(jump);
            }
            case 5 -> world.setFaults(List.of(0.0, 0.001, 0.005, 0.02, 0.2).get(random.nextInt(5)));
            case 6 -> command("resync", pipeline -> new TableCommands(pipeline).resync(anyTable()));
            case 7 -> command("pause", pipeline -> new TableCommands(pipeline).pause(anyTable()));
            case 8 -> command("resume", pipeline -> new TableCommands(pipeline).resume(anyTable()));
            case 9 -> command("verify", this::prove);
            default -> {
                // Nothing: most of the time all is well.
            }
        }
    }

    private TableId anyTable() {
        List<Database.Table> tables = world.database().tables();
        return tables.get(random.nextInt(tables.size())).schema().table();
    }

    /** Keeps a process running: when one dies, another one takes its place after a while. */
    private void boot(int which) {
        SimulatedProcess process = newProcess("p" + which);
        processes[which] = process;
        scheduler.start(null, "supervisor", () -> {
            SimulatedProcess running = process;
            while (!stopping) {
                SimulatedProcess started = running;
                Thread main = scheduler.start(started, started + "/main", () -> serve(started));
                scheduler.join(main);
                while (!started.isDead() && !stopping) {
                    scheduler.pause(100_000_000L);
                }
                if (!stopping) {
                    started.kill();
                    scheduler.pause(calm ? 100_000_000L : (long) (random.nextDouble() * random.nextDouble() * 20e9));
                }
                if (!stopping) {
                    running = newProcess("p" + which);
                    processes[which] = running;
                    world.trace("START " + running);
                }
            }
        });
    }

    private SimulatedProcess newProcess(String name) {
        return new SimulatedProcess(scheduler, name + "." + ++generation, 0.95 + random.nextDouble() / 10);
    }

    /** A process from its start to its end: one that cannot open its parts ends. */
    private void serve(SimulatedProcess process) {
        try (Pipeline pipeline = Pipeline.open(config, PLUGINS, process);
                Runner runner = Runner.start(pipeline, EnumSet.allOf(Role.class))) {
            while (!stopping) {
                process.sleep(Duration.ofSeconds(2));
            }
            world.trace("STOP " + process);
        } catch (TidemarkException e) {
            world.trace("EXIT " + process + ": " + e.getMessage());
        }
        process.kill();
    }

    private interface Command {
        void run(Pipeline pipeline) throws InterruptedException;
    }

    /** A command of an operator, in a process of its own. */
    private Thread command(String name, Command command) {
        SimulatedProcess process = newProcess("cmd");
        return scheduler.start(process, process + "/main", () -> {
            world.trace("COMMAND " + name);
            try (Pipeline pipeline = Pipeline.open(config, PLUGINS, process)) {
                command.run(pipeline);
                world.trace("COMMAND " + name + " done");
            } catch (TidemarkException | IllegalStateException e) {
                world.trace("COMMAND " + name + ": " + e.getMessage());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            process.kill();
        });
    }

    /** Returns how many tables are proven equal. */
    private int prove(Pipeline pipeline) throws InterruptedException {
        int equal = 0;
        VerifyReport report =
                new Verifier(pipeline, new NoQueries()).verify(VerifyRequest.everything(), VerifyListener.SILENT);
        for (TableProof proof : report.proofs()) {
            if (proof.outcome() == TableProof.Outcome.DIFFERENT) {
                scheduler.fail(new AssertionError("verify names differences that there cannot be: " + proof));
            }
            if (proof.outcome() == TableProof.Outcome.EQUAL) {
                equal++;
            } else {
                world.trace("unproven: " + proof);
            }
        }
        proofs += equal;
        return equal;
    }

    /** Nothing goes wrong any more: everything must come to rest, and be equal. */
    private void settle() {
        world.trace("CALM");
        world.setFaults(0);
        world.aimAt(null);
        calm = true;
        for (SimulatedProcess process : processes) {
            process.pauseFor(Duration.ZERO);
        }
        scheduler.pause(Duration.ofSeconds(2).toNanos());
        writing = false;
        TableRegistry registry = new TableRegistry(truth, Clock.systemUTC());
        // A command that was under way may stop a table once more.
        int left = 3;
        do {
            if (left-- == 0) {
                throw new AssertionError("Nothing goes wrong any more, but not all tables are proven");
            }
            comeToRest(registry);
        } while (!proveAll());
        stopping = true;
        while (!allDead()) {
            scheduler.pause(100_000_000L);
        }
    }

    private void comeToRest(TableRegistry registry) {
        long end = scheduler.now() + SETTLES_IN.toNanos();
        String missing = unsettled(registry);
        while (!missing.isEmpty()) {
            if (scheduler.now() > end) {
                throw new AssertionError("Nothing goes wrong any more, but it does not come to rest: " + missing);
            }
            for (TableRecord table : registry.list()) {
                if (table.state() == TableState.PAUSED) {
                    scheduler.join(command("resume", pipeline -> new TableCommands(pipeline).resume(table.id())));
                }
            }
            scheduler.pause(500_000_000L);
            missing = unsettled(registry);
        }
        world.invariants().settled();
        world.invariants().keptCuts(new CutLog(truth).list());
    }

    private boolean proveAll() {
        int[] proven = new int[1];
        scheduler.join(command("verify", pipeline -> proven[0] = prove(pipeline)));
        return proven[0] == world.database().tables().size();
    }

    private boolean allDead() {
        for (SimulatedProcess process : processes) {
            if (!process.isDead()) {
                return false;
            }
        }
        return true;
    }

    /** What is still to come; empty when nothing is. */
    private String unsettled(TableRegistry registry) {
        List<TableRecord> tables = registry.list();
        if (tables.size() < world.database().tables().size()) {
            return "tables are not enrolled";
        }
        List<String> missing = new ArrayList<>();
        for (TableRecord table : tables) {
            if (table.state() == TableState.FAILED) {
                throw new AssertionError("Table " + table.id() + " has failed: " + table.failure());
            }
            Optional<SimulatedLake.Mirror> mirror =
                    Optional.ofNullable(world.lake().mirror(table.id()));
            long applied = mirror.map(found -> found.progress().slice()).orElse(-1L);
            boolean isBehind = !world.database()
                    .table(table.id())
                    .now()
                    .all()
                    .equals(mirror.map(found -> found.rows().all()).orElse(List.of()));
            if (table.state() != TableState.LIVE || isBehind) {
                missing.add(table.id() + " is " + table.state().label() + " (slice=" + applied + ", sealed="
                        + world.invariants().slices() + ")");
            }
        }
        return String.join(", ", missing);
    }

    /** Mirrors are read by their lake. */
    private static final class NoQueries implements QueryEngine {
        @Override
        public void run(String sql, QueryCatalog catalog, ResultVisitor visitor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TableReading reading(PinnedTable pinned) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
