package io.tidemark.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.capture.CaughtUp;
import io.tidemark.engine.signal.Marker;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** One scenario on one database: its steps, then both comparisons. */
final class ScenarioRun implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Scenario.Section section;
    private final ScenarioDatabase database;
    private final ScenarioPipeline pipeline;
    private final Set<TableId> failed = new TreeSet<>();
    private final Set<TableId> different = new TreeSet<>();
    private final Set<TableId> omitted = new TreeSet<>();
    private final Map<TableId, OtherMirror> others = new TreeMap<>();

    /** A mirror under another name, and the query whose rows it must hold. */
    private record OtherMirror(TableId name, String query) {}

    ScenarioRun(Scenario scenario, String source, ScenarioDatabase database, Path folder) throws IOException {
        this.section = scenario.sections().get(source);
        this.database = database;
        this.pipeline = new ScenarioPipeline(database, scenario.pipeline(source), folder);
    }

    void run() throws Exception {
        for (Step step : section.steps()) {
            try {
                take(step);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("step '" + step + "': " + e.getMessage(), e);
            }
        }
        running();
        // A table may have been created or brought back by the last step.
        awaitSettled();
        List<String> wrong = verify();
        wrong.addAll(compare());
        assertThat(wrong).as(wrong.isEmpty() ? "" : wrong.get(0)).isEmpty();
    }

    private void take(Step step) throws InterruptedException {
        switch (step.kind()) {
            case BEFORE -> database.run(step.blocks().get(0));
            case RUNNING -> {
                running();
                database.run(step.blocks().get(0));
            }
            case TRANSACTION -> {
                running();
                database.runInOneTransaction(step.blocks().get(0));
            }
            case STOPPED -> {
                pipeline.stop();
                database.run(step.blocks().get(0));
            }
            case RESTART -> {
                pipeline.stop();
                running();
            }
            case SEALED -> awaitSealed();
            case APPLIED -> awaitApplied(awaitSealed());
            case PAUSE -> {
                running();
                commands().pause(table(step));
            }
            case RESUME -> {
                running();
                commands().resume(table(step));
            }
            case RESYNC -> {
                running();
                commands().resync(table(step));
                failed.remove(table(step));
                awaitSettled();
            }
            case FAILS -> fails(step);
            case DIFFERS -> different.add(table(step));
            case OMITS -> omits(step);
            case MIRRORS ->
                others.put(
                        table(step),
                        new OtherMirror(
                                table(step.arguments().get(1)), step.blocks().get(0)));
            case ROWS -> rows(step);
        }
    }

    private TableId table(Step step) {
        return table(step.arguments().get(0));
    }

    private TableId table(String name) {
        int dot = name.indexOf('.');
        return dot < 0
                ? new TableId(database.schema(), name)
                : new TableId(name.substring(0, dot), name.substring(dot + 1));
    }

    private TableCommands commands() {
        return new TableCommands(pipeline.opened());
    }

    /** Starts the pipeline unless it runs, and waits until every table is live, failed or paused. */
    private void running() {
        if (!pipeline.isRunning()) {
            pipeline.start();
            awaitSettled();
        }
    }

    private void awaitSettled() {
        // Only steps make tables: to ask the database at each look would keep it busy with connections.
        Set<TableId> tables = new TreeSet<>(database.tables());
        tables.removeAll(omitted);
        awaitTrue(() -> tables.stream().allMatch(this::isSettled), "tables are neither live nor failed", this::states);
    }

    private boolean isSettled(TableId table) {
        return pipeline.opened()
                .registry()
                .find(table)
                .map(TableRecord::state)
                .filter(state -> state == TableState.LIVE || state == TableState.FAILED || state == TableState.PAUSED)
                .isPresent();
    }

    private Map<TableId, String> states() {
        Map<TableId, String> states = new TreeMap<>();
        for (TableRecord record : pipeline.opened().registry().list()) {
            states.put(record.id(), record.state().label() + (record.failure() == null ? "" : " " + record.failure()));
        }
        return states;
    }

    /** Waits until the changes so far are in sealed slices; the position is one through which they are. */
    private Position awaitSealed() throws InterruptedException {
        running();
        if (pipeline.opened().source() instanceof LogSource log) {
            return awaitSealed(log);
        }
        long slice = new CaughtUp(pipeline.opened()).await(Instant.now(), PATIENCE, "seal the changes so far");
        return pipeline.opened()
                .sliceLog()
                .find(slice)
                .map(SliceManifest::through)
                .orElse(Position.ZERO);
    }

    private Position awaitSealed(LogSource source) {
        Position position = source.mark(Marker.SEAL);
        // The position lies behind the marker's transaction, so it takes a transaction after it to seal a slice through
        // it.
        source.mark(Marker.SEAL);
        awaitTrue(
                () -> pipeline.opened()
                        .sliceLog()
                        .newest()
                        .filter(slice -> !slice.through().isBefore(position))
                        .isPresent(),
                "the changes so far are not sealed",
                this::states);
        return position;
    }

    private void awaitApplied(Position through) {
        awaitTrue(
                () -> pipeline.opened().registry().list().stream()
                        .filter(record -> record.state().applies())
                        .allMatch(record -> pipeline.opened()
                                .progress()
                                .find(record.id())
                                .filter(progress -> !progress.position().isBefore(through))
                                .isPresent()),
                "the changes so far are not applied",
                this::states);
    }

    private void fails(Step step) {
        running();
        TableId table = table(step);
        awaitTrue(
                () -> pipeline.opened()
                        .registry()
                        .find(table)
                        .filter(record -> record.state() == TableState.FAILED)
                        .isPresent(),
                "the table has not failed",
                this::states);
        TableRecord.Failure failure = pipeline.opened().registry().load(table).failure();
        assertThat(failure).isNotNull();
        assertThat(failure.code())
                .as(failure.reason())
                .isEqualTo(step.arguments().get(1));
        assertThat(failure.reason() + " " + failure.remedy())
                .contains(step.blocks().isEmpty() ? "" : step.blocks().get(0));
        assertThat(failure.remedy()).isNotBlank();
        failed.add(table);
    }

    /** The table has no mirror, and 'check' says why. */
    private void omits(Step step) {
        running();
        TableId table = table(step);
        omitted.add(table);
        assertThat(pipeline.opened().registry().find(table)).isEmpty();
        List<Finding> findings = pipeline.check();
        if (!step.blocks().isEmpty()) {
            assertThat(findings.stream().map(Finding::detail))
                    .anySatisfy(
                            detail -> assertThat(detail).contains(step.blocks().get(0)));
        }
    }

    private void rows(Step step) throws InterruptedException {
        Position sealed = awaitSealed();
        // A table that is loaded again shows its mirror as it was before.
        awaitSettled();
        awaitApplied(sealed);
        List<String> rows = pipeline.query(step.blocks().get(0)).stream()
                .map(row -> String.join(" | ", row))
                .toList();
        assertThat(rows).containsExactlyElementsOf(step.blocks().get(1).lines().toList());
    }

    /** What Tidemark's own proof finds wrong. */
    private List<String> verify() throws InterruptedException {
        List<String> wrong = new ArrayList<>();
        Set<TableId> missing = expected();
        for (TableProof proof : pipeline.verify()) {
            missing.remove(proof.table());
            TableProof.Outcome wanted =
                    different.contains(proof.table()) ? TableProof.Outcome.DIFFERENT : TableProof.Outcome.EQUAL;
            if (!failed.contains(proof.table()) && proof.outcome() != wanted) {
                wrong.add("verify: " + proof.table() + " is " + proof.outcome() + " " + proof.reason() + " "
                        + proof.differences());
            }
        }
        missing.forEach(table -> wrong.add("verify: " + table + " is not part of the pipeline"));
        return wrong;
    }

    /** What a comparison finds wrong that knows of Tidemark no more than where the lake is. */
    private List<String> compare() throws IOException {
        List<String> wrong = new ArrayList<>();
        if (!ScenarioPipeline.lakeType().equals("iceberg")) {
            return wrong;
        }
        for (TableId table : expected()) {
            OtherMirror other = others.get(table);
            List<String> differences = other == null
                    ? RowDifferences.of(database, database.rows(table), pipeline.mirror(table))
                    : RowDifferences.of(database, database.rows(other.query()), pipeline.mirror(other.name()));
            if (differences.isEmpty() == different.contains(table)) {
                wrong.add(table + ": " + (differences.isEmpty() ? "no row differs" : String.join("\n  ", differences)));
            }
        }
        return wrong;
    }

    private Set<TableId> expected() {
        Set<TableId> tables = database.tables();
        tables.removeAll(failed);
        tables.removeAll(omitted);
        return tables;
    }

    private static void awaitTrue(BooleanSupplier condition, String otherwise, java.util.function.Supplier<?> facts) {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("after " + PATIENCE.toSeconds() + " s " + otherwise + ": " + facts.get(), e);
        }
    }

    @Override
    public void close() {
        pipeline.close();
        database.close();
    }
}
