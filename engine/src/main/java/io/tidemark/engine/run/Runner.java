package io.tidemark.engine.run;

import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.capture.PartitionedCapture;
import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.orchestrate.Orchestrator;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.snapshot.SnapshotRole;
import io.tidemark.engine.work.Worker;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.PartitionedSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays roles in threads of this process. A role that ends with an error is started again after a growing pause, for as long as the runner is
 * open; its last error shows in status.
 */
public final class Runner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Duration STEADY = Duration.ofSeconds(30);
    private static final Duration LEASE_POLL = Duration.ofSeconds(1);

    private final Pipeline pipeline;
    private final List<Thread> threads = new ArrayList<>();
    private final Worker worker;

    /** One life of a role: returns when told to stop or when its lease is gone. */
    private interface Body {
        void run() throws InterruptedException;
    }

    /** Something that runs under a lease. */
    private interface LeasedBody {
        void run(Lease lease) throws InterruptedException;
    }

    private Runner(Pipeline pipeline, Set<Role> roles) {
        this.pipeline = pipeline;
        this.worker = new Worker(pipeline);
        if (roles.contains(Role.CAPTURE)) {
            start("capture", capture(pipeline));
            if (pipeline.source() instanceof LogSource log) {
                start(RetentionWatch.LEASE, underLease(RetentionWatch.LEASE, new RetentionWatch(pipeline, log)::run));
            }
        }
        if (roles.contains(Role.ORCHESTRATOR)) {
            Orchestrator orchestrator = new Orchestrator(pipeline);
            start("orchestrator", underLease(Orchestrator.LEASE, orchestrator::run));
        }
        if (roles.contains(Role.SNAPSHOT)) {
            SnapshotRole snapshot = new SnapshotRole(pipeline);
            start("snapshot", snapshot::run);
        }
        if (roles.contains(Role.WORKER)) {
            for (int i = 1; i <= pipeline.config().limits().workers(); i++) {
                String name = "worker-" + i;
                start(name, () -> worker.run(name));
            }
        }
    }

    /** A partitioned source is read by several processes; the lease says which of them seals. */
    private Body capture(Pipeline pipeline) {
        if (pipeline.source() instanceof LogSource log) {
            return underLease(CaptureRole.LEASE, new CaptureRole(pipeline, log)::run);
        }
        PartitionedCapture capture = new PartitionedCapture(pipeline, (PartitionedSource) pipeline.source());
        return () -> {
            if (!leased(CaptureRole.LEASE, capture::run)) {
                capture.help();
            }
        };
    }

    /** Starts the roles; they run until {@link #close}. A pipeline has one runner at a time. */
    public static Runner start(Pipeline pipeline, Set<Role> roles) {
        MachineLimits.prepare();
        pipeline.signals().start();
        try {
            return new Runner(pipeline, roles);
        } catch (RuntimeException e) {
            pipeline.signals().ended();
            throw e;
        }
    }

    /**
     * Starts all roles for as long as a command takes that needs them, unless the pipeline runs: in this process, where capture may be between two
     * attempts, or in another.
     */
    public static Optional<Runner> startUnlessRunning(Pipeline pipeline) {
        boolean runs = pipeline.signals().running() || pipeline.leases().isHeldBySomebody(CaptureRole.LEASE);
        return runs ? Optional.empty() : Optional.of(start(pipeline, EnumSet.allOf(Role.class)));
    }

    /** Waits until the runner is closed by another thread. */
    public void await() throws InterruptedException {
        for (Thread thread : threads) {
            pipeline.machine().join(thread);
        }
    }

    private void start(String name, Body body) {
        threads.add(pipeline.machine().start(name, () -> repeat(name, body)));
    }

    private void repeat(String name, Body body) {
        Duration pause = FIRST_PAUSE;
        while (!pipeline.signals().stopping()) {
            long started = pipeline.machine().nanoTime();
            try {
                body.run();
                continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (TidemarkException e) {
                failed(name, e);
            } catch (OutOfMemoryError e) {
                failed(name, TidemarkException.outOfMemory("go on with role " + name, e));
            } catch (RuntimeException | LinkageError e) {
                TidemarkException error = TidemarkException.unforeseen("Cannot go on with role " + name, e);
                if (error.code() == ErrorCode.INTERNAL) {
                    LOG.error("role failed and starts again role={}", name, e);
                    pipeline.roleReports().failed(name, error);
                } else {
                    failed(name, error);
                }
            }
            if (pipeline.machine().nanoTime() - started > STEADY.toNanos()) {
                pause = FIRST_PAUSE;
            }
            if (!pause(pause)) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void failed(String name, TidemarkException error) {
        LOG.warn(
                "role failed and starts again role={} code={} reason={} remedy={}",
                name,
                error.code(),
                error.reason(),
                error.remedy(),
                debugCause(error));
        pipeline.roleReports().failed(name, error);
    }

    private static @org.jspecify.annotations.Nullable Throwable debugCause(TidemarkException e) {
        return LOG.isDebugEnabled() ? e : null;
    }

    /** Waits while another process holds the lease. */
    private Body underLease(String name, LeasedBody body) {
        return () -> {
            if (!leased(name, body)) {
                pause(LEASE_POLL);
            }
        };
    }

    /** Returns whether the lease was free. */
    private boolean leased(String name, LeasedBody body) throws InterruptedException {
        Optional<Lease> lease = pipeline.leases().tryAcquire(name);
        if (lease.isEmpty()) {
            return false;
        }
        try (Lease held = lease.orElseThrow()) {
            body.run(held);
        }
        return true;
    }

    /** Waits unless the runner is being closed; returns whether to go on. */
    private boolean pause(Duration duration) {
        try {
            return pipeline.signals().pause(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends all roles: capture seals what it has, workers finish their commit. */
    @Override
    public void close() {
        pipeline.signals().stop();
        boolean interrupted = false;
        for (Thread thread : threads) {
            boolean hasEnded = false;
            while (!hasEnded) {
                try {
                    pipeline.machine().join(thread);
                    hasEnded = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        worker.close();
        pipeline.signals().ended();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
