package io.tidemark.conformance;

import io.tidemark.engine.check.Checks;
import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.Verifier;
import io.tidemark.engine.verify.VerifyListener;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.query.ResultVisitor;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A pipeline as a user has it: a configuration file in a folder, and all roles in this process. */
final class ScenarioPipeline implements AutoCloseable {
    /** Sections that a scenario may give itself, as a whole. */
    private static final String LAKE = "lake: {type: " + lakeType() + ", location: ./lake}\n";

    private static final String SLICES = "slices: {interval: 1s}\n";
    private static final String LIMITS = "limits: {query-memory: 256MiB}\n";

    private final Path file;
    private final Plugins plugins = new Plugins();
    private @Nullable Pipeline pipeline;
    private @Nullable Runner runner;

    ScenarioPipeline(ScenarioDatabase database, String more, Path folder) throws IOException {
        this.file = folder.resolve("tidemark.yaml");
        Files.writeString(
                file,
                "pipeline: " + database.name() + "\n" + database.source()
                        + Stream.of(LAKE, SLICES, LIMITS)
                                .filter(section -> !more.contains(section.substring(0, section.indexOf(':') + 1)))
                                .collect(Collectors.joining())
                        + more);
    }

    /** {@code iceberg}, or what {@code -Dlake=} says; the second comparison is for Iceberg only. */
    static String lakeType() {
        String chosen = System.getProperty("tidemark.lake", "");
        return chosen.isEmpty() ? "iceberg" : chosen;
    }

    Pipeline opened() {
        if (pipeline == null) {
            pipeline = Pipeline.open(ConfigReader.read(file, plugins, Map.of()), plugins, Clock.systemUTC());
        }
        return pipeline;
    }

    boolean isRunning() {
        return runner != null;
    }

    void start() {
        runner = Runner.start(opened(), EnumSet.allOf(Role.class));
    }

    void stop() {
        if (runner != null) {
            runner.close();
            runner = null;
        }
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
    }

    List<Finding> check() {
        return Checks.run(ConfigReader.read(file, plugins, Map.of()), plugins);
    }

    /** A proof of everything; taken again while a table is being loaded, which may begin while the proof waits for its mirror. */
    List<TableProof> verify() {
        List<List<TableProof>> last = new ArrayList<>();
        boolean wasRunning = isRunning();
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        List<TableProof> proofs = proofs();
                        last.clear();
                        last.add(proofs);
                        boolean isUnderWay = proofs.stream().anyMatch(this::isUnderWay);
                        if (isUnderWay && !isRunning()) {
                            // A proof alone ends the roles as soon as it has its answer, and a load with them.
                            start();
                        }
                        return !isUnderWay;
                    });
        } catch (ConditionTimeoutException e) {
            // The proof says what it waits for.
            if (last.isEmpty()) {
                throw e;
            }
        } finally {
            if (!wasRunning && runner != null) {
                runner.close();
                runner = null;
            }
        }
        return last.get(0);
    }

    private boolean isUnderWay(TableProof proof) {
        return proof.outcome() == TableProof.Outcome.UNPROVEN
                && opened().registry()
                        .find(proof.table())
                        .filter(record -> record.state() != TableState.FAILED && record.state() != TableState.PAUSED)
                        .isPresent();
    }

    private List<TableProof> proofs() throws InterruptedException {
        VerifyRequest request = new VerifyRequest(
                List.of(), Optional.empty(), Optional.empty(), VerifyRequest.Repair.REPORT, 20, Duration.ofSeconds(60));
        try (Queries queries = new Queries(opened(), plugins)) {
            return new Verifier(opened(), queries.engine())
                    .verify(request, VerifyListener.SILENT)
                    .proofs();
        }
    }

    /** Rows of a query, each value as text. */
    List<List<String>> query(String sql) {
        List<List<String>> rows = new ArrayList<>();
        try (Queries queries = new Queries(opened(), plugins)) {
            queries.run(sql, Optional.empty(), new ResultVisitor() {
                @Override
                public void columns(List<String> names, List<String> types) {
                    // The scenario says what it expects.
                }

                @Override
                public void row(List<Object> values) {
                    rows.add(values.stream().map(String::valueOf).toList());
                }
            });
        }
        return rows;
    }

    MirrorRows mirror(TableId table) throws IOException {
        return MirrorRows.read(opened().config().state(), file.resolveSibling("lake"), table);
    }

    @Override
    public void close() {
        stop();
    }
}
