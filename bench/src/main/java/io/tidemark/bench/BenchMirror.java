package io.tidemark.bench;

import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.ProcessUse;
import io.tidemark.bench.contest.Scale;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.bench.postgres.BenchDatabase;
import io.tidemark.bench.process.MeasuredProcess;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A pipeline of one table in a folder of its own, whose roles are processes that are measured; this process only looks on. */
final class BenchMirror implements AutoCloseable {
    /** As much memory as a small machine has to spare. */
    private static final String JAVA_OPTIONS = "-Xmx1g";

    /** Where time is of no interest, code that runs for seconds is compiled lightly. */
    private static final String SMOKE_OPTIONS = JAVA_OPTIONS + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Surroundings surroundings;
    private final BenchDatabase database;
    private final TableId table;
    private final String name;
    private final Path folder;
    private final BenchPipeline pipeline;
    private int processes;

    private BenchMirror(
            Surroundings surroundings,
            BenchDatabase database,
            TableId table,
            String name,
            Path folder,
            BenchPipeline pipeline) {
        this.surroundings = surroundings;
        this.database = database;
        this.table = table;
        this.name = name;
        this.folder = folder;
        this.pipeline = pipeline;
    }

    /**
     * Writes the configuration; nothing runs yet.
     *
     * @param name of pipeline, slot and folder
     * @param settings more lines of the configuration
     */
    static BenchMirror of(
            Surroundings surroundings, BenchDatabase database, TableId table, String name, String settings)
            throws IOException {
        Path folder = Files.createDirectory(surroundings.folder().resolve(name));
        String configuration = """
                pipeline: %s
                %s
                lake: {type: %s, location: ./lake}
                tables:
                  - include: %s.%s
                %s
                """.formatted(
                        name,
                        database.sourceSection(),
                        System.getProperty("lake", "iceberg"),
                        table.schema(),
                        table.name(),
                        settings);
        return new BenchMirror(
                surroundings, database, table, name, folder, new BenchPipeline(folder, configuration, table));
    }

    /** Writes the configuration, loads the mirror and brings it up to date, and stops again. */
    static BenchMirror live(
            Surroundings surroundings, BenchDatabase database, TableId table, String name, String settings)
            throws IOException, InterruptedException {
        BenchMirror mirror = of(surroundings, database, table, name, settings);
        try (MeasuredProcess process = mirror.start("run")) {
            process.await(() -> mirror.isIn(TableState.LIVE));
        }
        return mirror;
    }

    /** Starts a command of Tidemark on the pipeline. */
    MeasuredProcess start(String command) throws IOException {
        return MeasuredProcess.start(
                List.of(
                        surroundings.program(),
                        command,
                        "--config",
                        pipeline.file().toString()),
                Map.of("TIDEMARK_JAVA_OPTS", surroundings.scale() == Scale.SMOKE ? SMOKE_OPTIONS : JAVA_OPTIONS),
                folder.resolve(command + "-" + ++processes + ".log"));
    }

    /**
     * Starts an {@link ApplyMain} on the pipeline.
     *
     * @param counted how many slices are measured
     * @param warming how many before them make the process warm
     */
    MeasuredProcess startApply(String what, long throughSlice, int counted, int warming) throws IOException {
        return startJava(
                List.of(JAVA_OPTIONS),
                ApplyMain.class,
                what,
                List.of(what, Long.toString(throughSlice), Integer.toString(counted), Integer.toString(warming)));
    }

    /** Starts a {@link StreamMain} on the pipeline, with the options that the launcher gives to capture. */
    MeasuredProcess startStream(long changes) throws IOException {
        return startJava(
                List.of(JAVA_OPTIONS, "-XX:+UseSerialGC", "-XX:MaxNewSize=64m"),
                StreamMain.class,
                "stream",
                List.of(Long.toString(changes)));
    }

    /** Starts a program that is told the configuration, the table, and more. */
    private MeasuredProcess startJava(List<String> options, Class<?> main, String log, List<String> more)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(pipeline.file().toString(), table.schema(), table.name()));
        arguments.addAll(more);
        return MeasuredProcess.startJava(options, main, arguments, folder.resolve(log + "-" + ++processes + ".log"));
    }

    /** Measures a process of the pipeline from its start until the condition holds, the server beside it, and ends it. */
    Measurement measure(MeasuredProcess started, long amount, BooleanSupplier condition) throws Exception {
        try (started) {
            double cpuBefore = database.cpuSeconds();
            double seconds = started.secondsUntil(condition);
            return new Measurement(
                    amount,
                    seconds,
                    List.of(started.use("tidemark"), new ProcessUse("postgres", database.cpuSeconds() - cpuBefore, 0)));
        }
    }

    /** What looks on. */
    BenchPipeline pipeline() {
        return pipeline;
    }

    Path folder() {
        return folder;
    }

    boolean isIn(TableState state) {
        return pipeline.isIn(state);
    }

    /** Commit time of the newest transaction that the mirror shows, in microseconds since 1970; 0 before the first. */
    long newestCommitMicros() {
        return pipeline.pipeline()
                .progress()
                .find(table)
                .map(TableProgress::newestCommitMicros)
                .orElse(0L);
    }

    /** Number of the newest sealed slice; 0 when there is none. */
    long newestSlice() {
        return pipeline.pipeline()
                .sliceLog()
                .newest()
                .map(SliceManifest::sequence)
                .orElse(0L);
    }

    /** Changes in all sealed slices. */
    long sealedRows() {
        long rows = 0;
        for (SliceManifest slice : pipeline.pipeline().sliceLog().after(0, Integer.MAX_VALUE)) {
            rows += slice.rows();
        }
        return rows;
    }

    /** Proves the table as it is, while the roles are played here so that it is up to date. */
    void catchUpAndProve() throws InterruptedException {
        long newest = newestSlice();
        pipeline.play(EnumSet.allOf(Role.class), () -> pipeline.isIn(TableState.LIVE) && pipeline.applied() >= newest);
        surroundings.out().accept("  " + pipeline.requireProof());
    }

    /** Proves that the mirror has these rows and no others. */
    void requireProof(long rows) throws InterruptedException {
        String proof = pipeline.requireProof();
        if (!proof.contains("rows=" + rows + ",")) {
            throw new IllegalStateException("Cannot go on: expected a proof of " + rows + " rows, got " + proof);
        }
        surroundings.out().accept("  " + proof);
    }

    /** Drops what the source keeps for the pipeline, and deletes its files. */
    @Override
    public void close() throws IOException, SQLException {
        pipeline.close();
        database.forget(name);
        Bench.delete(folder);
    }
}
