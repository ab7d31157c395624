package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.query.AsOf;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.Verifier;
import io.tidemark.engine.verify.VerifyListener;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.query.ResultVisitor;
import io.tidemark.spi.schema.TableId;
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
import java.util.Set;

/** A pipeline of a test: configuration in a folder, roles that can be started and ended. */
class MirroredPipeline implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Plugins plugins = new Plugins();
    private final Path file;
    private final Map<String, String> environment;
    private Pipeline pipeline;
    private Runner runner;

    /**
     * @param configuration text of the configuration file
     * @param environment variables that it refers to
     */
    MirroredPipeline(Path folder, String configuration, Map<String, String> environment) throws IOException {
        this.file = folder.resolve("tidemark.yaml");
        this.environment = environment;
        Files.writeString(file, configuration);
    }

    Path file() {
        return file;
    }

    Path lake() {
        return file.resolveSibling("lake");
    }

    PipelineConfig config() {
        return ConfigReader.read(file, plugins, environment);
    }

    Pipeline pipeline() {
        if (pipeline == null) {
            pipeline = Pipeline.open(config(), plugins, Clock.systemUTC());
        }
        return pipeline;
    }

    void start() {
        start(EnumSet.allOf(Role.class));
    }

    void start(Set<Role> roles) {
        runner = Runner.start(pipeline(), roles);
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

    PipelineStatus status() {
        return new StatusReader(pipeline()).read(Set.of());
    }

    void awaitState(TableId table, TableState state) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(pipeline()
                                .registry()
                                .find(table)
                                .map(record -> record.state() + " " + record.failure()))
                        .hasValueSatisfying(found -> assertThat(found).startsWith(state.name())));
    }

    /** What roles have said of themselves, by the metadata store alone: status would meet the same errors. */
    List<RoleReport> told() {
        return new Documents<>(pipeline().metastore(), RoleReport.class).list(Keys.ROLES);
    }

    /** Waits until a role has said that it met an error. */
    RoleReport awaitTold(ErrorCode code) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> told().stream()
                                .filter(error -> error.code().equals(code.name()))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until whatever failed has worked again. */
    void awaitNothingTold() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(told()).isEmpty());
    }

    /** Events applied since the loads, of the table with the fewest. */
    long applied() {
        return status().tables().stream()
                .mapToLong(PipelineStatus.TableStatus::events)
                .min()
                .orElse(0);
    }

    VerifyReport verify() throws InterruptedException {
        return verify(VerifyRequest.everything());
    }

    VerifyReport verify(VerifyRequest request) throws InterruptedException {
        try (Queries queries = new Queries(pipeline(), plugins)) {
            return new Verifier(pipeline(), queries.engine()).verify(request, VerifyListener.SILENT);
        }
    }

    /** Proves everything, and fails with the differences. */
    List<TableProof> prove() throws InterruptedException {
        VerifyReport report = verify();
        assertThat(report.proofs()).isNotEmpty().allSatisfy(proof -> {
            assertThat(proof.differences())
                    .as("differences of %s", proof.table())
                    .isEmpty();
            assertThat(proof.outcome())
                    .as("%s: %s %s", proof.table(), proof.reason(), proof.certificate())
                    .isEqualTo(TableProof.Outcome.EQUAL);
        });
        return report.proofs();
    }

    List<List<Object>> query(String sql) {
        return query(sql, Optional.empty());
    }

    List<List<Object>> query(String sql, Optional<AsOf> asOf) {
        List<List<Object>> rows = new ArrayList<>();
        try (Queries queries = new Queries(pipeline(), plugins)) {
            queries.run(sql, asOf, new ResultVisitor() {
                @Override
                public void columns(List<String> names, List<String> types) {
                    // The tests know their columns.
                }

                @Override
                public void row(List<Object> values) {
                    rows.add(new ArrayList<>(values));
                }
            });
        }
        return rows;
    }

    @Override
    public void close() {
        stop();
    }
}
