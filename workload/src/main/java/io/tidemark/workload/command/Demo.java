package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.cli.command.ProofPrinter;
import io.tidemark.cli.output.Human;
import io.tidemark.cli.view.LiveView;
import io.tidemark.cli.view.StatusFeed;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.engine.verify.Verifier;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.command.FreshnessLog.Summary;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.Workload;
import io.tidemark.workload.run.WorkloadProgress;
import io.tidemark.workload.run.WorkloadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** The demo from the server's start to the proof. What it opens it closes in order: writers, pipeline, database, folder. */
final class Demo {
    private static final int TABLES = 3;

    /** How long a query or a proof may take to notice that it was interrupted. */
    static final Duration INTERRUPT_PATIENCE = Duration.ofSeconds(5);

    private final Session session;
    private final DemoOptions options;
    private final DemoFolder folder;
    private final DemoSource source;
    private final StopSignals signals;
    private final Steps steps;

    Demo(Session session, DemoOptions options, DemoFolder folder, StopSignals signals, Steps steps) {
        this.session = session;
        this.options = options;
        this.folder = folder;
        this.source = folder.source();
        this.signals = signals;
        this.steps = steps;
    }

    /**
     * Runs the demo and closes all it opened but the folder.
     *
     * @throws InterruptedException when the process was asked to stop
     */
    DemoResult run() throws InterruptedException {
        try (DemoServer server = startServer()) {
            signals.check();
            return run(server);
        }
    }

    private DemoServer startServer() throws InterruptedException {
        Steps.Step step = steps.begin("starting " + source.server());
        IntFunction<DemoServer> start = source.prepare(folder, steps, step, signals);
        DemoServer server;
        try {
            // Not in a task: a start that is left alone half-way would leave a server behind.
            server = startOnKnownPort(start);
        } catch (TidemarkException e) {
            // Ctrl-C reaches the server's programs, too.
            signals.check();
            throw e;
        }
        step.done(source.server() + " " + server.version() + " runs on port " + server.port());
        return server;
    }

    /** The port of the configuration, so that other configurations and tools that know it go on working; else a free one. */
    private DemoServer startOnKnownPort(IntFunction<DemoServer> start) {
        if (folder.port().isEmpty()) {
            return start.apply(0);
        }
        try {
            return start.apply(folder.port().orElseThrow());
        } catch (TidemarkException e) {
            if (signals.isRequested()) {
                throw e;
            }
            return start.apply(0);
        }
    }

    private DemoResult run(DemoServer server) throws InterruptedException {
        Workload workload = server.workload();
        Optional<LoadResult> loaded = load(workload);
        folder.writeConfig(server);
        Steps.Step step = steps.begin("starting the pipeline");
        try (DemoMirror mirror = DemoMirror.start(session, folder.config());
                DemoWriters writers = new DemoWriters(workload, options.writes())) {
            if (source.isLoadedUnderWrites()) {
                writers.start();
            }
            long expected = loaded.map(LoadResult::rows).orElse(0L);
            long rows = mirror.awaitLoaded(TABLES, expected, step, signals);
            Duration mirroring = step.elapsed();
            step.done(mirrored(rows, mirroring));
            writers.start();
            Steps.Step catchingUp = steps.begin("catching up with the live writes");
            mirror.awaitFollowing(writers, catchingUp, signals);
            catchingUp.done("caught up: the lake follows the live writes");
            Optional<Summary> freshness = watch(mirror, writers);
            try (Queries queries = new Queries(mirror.pipeline(), session.plugins())) {
                List<DemoQueries.Answer> answers = ask(queries);
                Proof proof = prove(mirror, queries, writers);
                Steps.Step stopping = steps.begin("stopping writers, pipeline and database");
                WorkloadResult written = writers.stop();
                if (folder.isKept()) {
                    stopping.update("letting the lake have the last writes");
                    mirror.awaitEverything(signals);
                }
                stopping.update("stopping pipeline and database");
                return new DemoResult(
                        server.version(),
                        loaded,
                        rows,
                        mirroring,
                        freshness,
                        answers,
                        proof.report(),
                        proof.took(),
                        proof.writtenMeanwhile(),
                        written);
            }
        }
    }

    private String mirrored(long rows, Duration took) {
        if (folder.isResumed()) {
            return Human.count(rows, "row") + " in the lake";
        }
        double perSecond = rows / Math.max(1e-3, took.toMillis() / 1000.0);
        return Human.count(rows, "row") + " mirrored (" + Human.rate(perSecond) + ")";
    }

    private Optional<LoadResult> load(Workload workload) throws InterruptedException {
        Steps.Step step = steps.begin("looking at the database");
        if (workload.hasRows()) {
            step.done("database has its rows already");
            return Optional.empty();
        }
        step.update("loading " + Human.count(options.rows(), "row"));
        // A signal does not wait for the load: the server's stop ends it.
        LoadResult result = Task.run("demo-load", () -> workload.load(options.load()), signals, Duration.ZERO);
        step.done(Human.count(result.rows(), "row") + " loaded into " + TABLES + " tables ("
                + Human.rate(result.rowsPerSecond()) + ")");
        return Optional.of(result);
    }

    /** The live view for as long as it was asked for. */
    private Optional<Summary> watch(DemoMirror mirror, DemoWriters writers) throws InterruptedException {
        if (session.isJson()) {
            steps.begin("following the live writes");
            return watch(mirror, writers, Optional.empty());
        }
        steps.heading(options.duration()
                .map(duration -> "The lake follows the live writes, for " + Human.duration(duration))
                .orElse("The lake follows the live writes; Enter goes on to queries and proof"));
        try (LiveView view = LiveView.start(session.terminal(), new StatusFeed(new StatusReader(mirror.pipeline())))) {
            steps.sayThrough(view::note);
            return watch(mirror, writers, Optional.of(view));
        } finally {
            steps.sayThrough(null);
            writers.newest().ifPresent(this::tellWrites);
        }
    }

    private Optional<Summary> watch(DemoMirror mirror, DemoWriters writers, Optional<LiveView> view)
            throws InterruptedException {
        try (FreshnessLog log = FreshnessLog.start(mirror.quickStatus())) {
            new DemoPause(session.terminal(), signals).hold(options.duration(), writers::newest);
            Optional<Summary> summary = log.summary();
            view.ifPresent(LiveView::close);
            return summary;
        }
    }

    private void tellWrites(WorkloadProgress progress) {
        steps.say("Writers: " + Human.count(progress.counts().committed(), "transaction") + " so far, now "
                + Human.rate(progress.transactionsPerSecond()) + ", commit p50 "
                + WorkloadOutput.latency(progress.latencies().p50()) + ", p99 "
                + WorkloadOutput.latency(progress.latencies().p99()));
    }

    private List<DemoQueries.Answer> ask(Queries queries) throws InterruptedException {
        steps.stop();
        DemoQueries demo = new DemoQueries(session, steps);
        List<DemoQueries.Answer> answers = new ArrayList<>();
        for (DemoQueries.Question question : source.questions()) {
            answers.add(Task.run("demo-query", () -> demo.ask(question, queries), signals, INTERRUPT_PATIENCE));
        }
        return answers;
    }

    private record Proof(VerifyReport report, Duration took, long writtenMeanwhile) {}

    private Proof prove(DemoMirror mirror, Queries queries, DemoWriters writers) throws InterruptedException {
        steps.heading("Proof under writes: is every row and column of the lake as in the database?");
        Steps.Step step = steps.begin("taking a position");
        long before = writers.committed();
        Verifier verifier = new Verifier(mirror.pipeline(), queries.engine());
        VerifyReport report = Task.run(
                "demo-proof",
                () -> verifier.verify(VerifyRequest.everything(), step::update),
                signals,
                INTERRUPT_PATIENCE);
        Duration took = step.elapsed();
        long meanwhile = writers.committed() - before;
        steps.stop();
        if (!session.isJson()) {
            new ProofPrinter(session.terminal()).print(report);
        }
        steps.say("Taken in " + Human.duration(took) + ", in which the writers committed "
                + Human.count(meanwhile, "transaction") + ".");
        return new Proof(report, took, meanwhile);
    }
}
