package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.cli.output.Human;
import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.PipelineStatus.LoadStatus;
import io.tidemark.engine.status.PipelineStatus.TableStatus;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The pipeline of a demo with all its roles, in this process. */
final class DemoMirror implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Slower than any machine that the demo is fun on. */
    private static final long ROWS_PER_SECOND_LEAST = 2_000;

    /** A mirror that is this fresh follows the writes. */
    private static final Duration CAUGHT_UP = Duration.ofSeconds(15);

    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(8);
    private static final Duration LAST_WRITES_PATIENCE = Duration.ofSeconds(30);

    private final Pipeline pipeline;
    private final Runner runner;
    private final Instant started;
    private final Map<TableId, Long> rowsRead = new HashMap<>();

    private DemoMirror(Pipeline pipeline, Runner runner) {
        this.pipeline = pipeline;
        this.runner = runner;
        this.started = pipeline.clock().instant();
    }

    static DemoMirror start(Session session, Path config) {
        Pipeline pipeline = Pipeline.open(
                ConfigReader.read(config, session.plugins(), session.environment()),
                session.plugins(),
                session.clock());
        return new DemoMirror(pipeline, Runner.start(pipeline, EnumSet.allOf(Role.class)));
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /** Reads the status, without what costs much; for one thread. */
    Supplier<PipelineStatus> quickStatus() {
        StatusReader reader = new StatusReader(pipeline);
        return () -> reader.read(Set.of());
    }

    /**
     * Waits until the existing rows of all tables are in the lake.
     *
     * @param tables how many tables there will be
     * @param rows rows that the source has, about; 0 when that is unknown
     * @return rows of the mirrors
     * @throws TidemarkException with the reason of a table that failed
     */
    long awaitLoaded(int tables, long rows, Steps.Step step, StopSignals signals) throws InterruptedException {
        await(
                status -> status.tables().size() >= tables
                        && status.tables().stream()
                                .allMatch(table -> table.state().applies()),
                status -> progress(status, rows, step.elapsed()),
                PATIENCE.plusSeconds(rows / ROWS_PER_SECOND_LEAST),
                step,
                signals);
        return new StatusReader(pipeline)
                .read(EnumSet.of(StatusReader.Detail.ROWS)).tables().stream()
                        .mapToLong(table -> table.rows().orElse(0L))
                        .sum();
    }

    /** Waits until there are writes and all tables follow them. */
    void awaitFollowing(DemoWriters writers, Steps.Step step, StopSignals signals) throws InterruptedException {
        await(
                status -> writers.newest().isPresent()
                        && status.freshness()
                                .filter(age -> age.compareTo(CAUGHT_UP) < 0)
                                .isPresent(),
                status -> "catching up with the live writes",
                PATIENCE,
                step,
                signals);
        // On a busy machine a table that follows closely may long await the moment of having everything, so not for
        // ever.
        Instant end = pipeline.clock().instant().plus(SETTLE_PATIENCE);
        await(
                status -> status.at().isAfter(end)
                        || status.tables().stream().allMatch(table -> table.state() == TableState.LIVE),
                status -> "catching up with the live writes",
                PATIENCE,
                step,
                signals);
    }

    private void await(
            Predicate<PipelineStatus> reached,
            Function<PipelineStatus, String> doing,
            Duration patience,
            Steps.Step step,
            StopSignals signals)
            throws InterruptedException {
        Supplier<PipelineStatus> looks = quickStatus();
        PipelineStatus status = looks.get();
        while (!reached.test(status)) {
            signals.check();
            refuseFailures(status);
            if (step.elapsed().compareTo(patience) > 0) {
                throw timeout(status, patience);
            }
            step.update(doing.apply(status));
            Thread.sleep(LOOK.toMillis());
            status = looks.get();
        }
    }

    /** Waits until the lake shows this moment, or for half a minute; nothing is lost if it does not, since a next run goes on. */
    void awaitEverything(StopSignals signals) throws InterruptedException {
        Supplier<PipelineStatus> looks = quickStatus();
        Instant wanted = pipeline.clock().instant();
        Instant end = wanted.plus(LAST_WRITES_PATIENCE);
        PipelineStatus status = looks.get();
        while (status.at().isBefore(end)) {
            Instant at = status.at();
            if (status.freshness().filter(age -> at.minus(age).isAfter(wanted)).isPresent()) {
                return;
            }
            signals.check();
            Thread.sleep(LOOK.toMillis());
            status = looks.get();
        }
    }

    private String progress(PipelineStatus status, long rows, Duration elapsed) {
        status.tables()
                .forEach(table ->
                        table.load().map(LoadStatus::rows).ifPresent(read -> rowsRead.put(table.table(), read)));
        long read = rowsRead.values().stream().mapToLong(Long::longValue).sum();
        return read == 0
                ? "starting the pipeline"
                : "mirroring " + Human.count(read) + (rows > 0 ? " of " + Human.count(rows) : "") + " rows, "
                        + Human.rate(read * 1000.0 / Math.max(1, elapsed.toMillis()));
    }

    private void refuseFailures(PipelineStatus status) {
        for (TableStatus table : status.tables()) {
            if (table.state() == TableState.FAILED) {
                throw new TidemarkException(
                        code(table.code()),
                        "Cannot mirror " + table.table() + ": " + table.reason(),
                        table.remedy(),
                        null);
            }
        }
        for (RoleReport role : status.roleErrors()) {
            ErrorCode code = code(role.code());
            // An earlier demo may have left a report.
            if (code.retry() != RetryRule.RETRY && role.at().isAfter(started)) {
                throw new TidemarkException(
                        code, "Cannot run " + role.role() + ": " + role.reason(), role.remedy(), null);
            }
        }
    }

    private static TidemarkException timeout(PipelineStatus status, Duration patience) {
        StringBuilder states = new StringBuilder();
        status.tables()
                .forEach(table -> states.append(", ")
                        .append(table.table())
                        .append('=')
                        .append(table.state().label()));
        String error = status.roleErrors().stream()
                .findFirst()
                .map(role -> ", " + role.role() + ": " + role.reason())
                .orElse("");
        return new TidemarkException(
                ErrorCode.TIMEOUT,
                "Cannot mirror the demo's tables: they do not follow the database after " + Human.duration(patience)
                        + " (tables=" + status.tables().size() + states + error + ")",
                "Is the machine busy? Try fewer rows (--rows) or a lower rate (--tps).",
                null);
    }

    private static ErrorCode code(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL;
    }

    @Override
    public void close() {
        try (pipeline) {
            runner.close();
        }
    }
}
