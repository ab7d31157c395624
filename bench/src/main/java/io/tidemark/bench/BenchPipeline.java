package io.tidemark.bench;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.Verifier;
import io.tidemark.engine.verify.VerifyListener;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A pipeline over a benchmark's database with one table that is looked at, whose roles are started one by one so that each is measured alone. */
final class BenchPipeline implements AutoCloseable {
    static final TableId TRANSACTIONS = new TableId("bank", "transactions");

    private static final String EQUAL = "proof: EQUAL";

    private final Plugins plugins = new Plugins();
    private final Path file;
    private final TableId table;
    private Pipeline pipeline;

    /** @param configuration text of the configuration file */
    BenchPipeline(Path folder, String configuration, TableId table) throws IOException {
        this.file = folder.resolve("tidemark.yaml");
        this.table = table;
        Files.writeString(file, configuration);
        this.pipeline = open();
    }

    private Pipeline open() {
        return Pipeline.open(ConfigReader.read(file, plugins, Map.of()), plugins, Clock.systemUTC());
    }

    Path file() {
        return file;
    }

    Pipeline pipeline() {
        return pipeline;
    }

    Plugins plugins() {
        return plugins;
    }

    /** Plays roles until the condition holds. */
    void play(Set<Role> roles, BooleanSupplier until) throws InterruptedException {
        try (Runner runner = Runner.start(pipeline, roles)) {
            await(until);
        } finally {
            reopen();
        }
    }

    /** A pipeline that was told to stop stays stopped; the next roles need a new one. */
    void reopen() {
        pipeline.close();
        pipeline = open();
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(20);
        }
    }

    boolean isIn(TableState state) {
        return pipeline.registry()
                .find(table)
                .filter(record -> {
                    if (record.state() == TableState.FAILED) {
                        throw new IllegalStateException("Cannot go on: the table failed: " + record.failure());
                    }
                    return record.state() == state;
                })
                .isPresent();
    }

    /** Whether the lake has the mirror: all its rows are committed and can be read. */
    boolean isCommitted() {
        Optional<LakeTable> mirror = pipeline.lake().find(table);
        mirror.ifPresent(LakeTable::close);
        return mirror.isPresent();
    }

    long applied() {
        return pipeline.progress().find(table).map(TableProgress::slice).orElse(0L);
    }

    long appliedEvents() {
        return pipeline.progress().find(table).map(TableProgress::events).orElse(0L);
    }

    /** The proof, which has to be that of equality. */
    String requireProof() throws InterruptedException {
        String proof = proof();
        if (!proof.startsWith(EQUAL)) {
            throw new IllegalStateException("Cannot go on: the mirror is not equal to its table: " + proof);
        }
        return proof;
    }

    String proof() throws InterruptedException {
        try (Queries queries = new Queries(pipeline, plugins)) {
            VerifyRequest request = VerifyRequest.everything();
            long started = System.nanoTime();
            VerifyReport report = new Verifier(pipeline, queries.engine()).verify(request, VerifyListener.SILENT);
            long rows = 0;
            for (TableProof proof : report.proofs()) {
                if (proof.outcome() != TableProof.Outcome.EQUAL) {
                    return "proof: " + proof.table() + " is " + proof.outcome() + " (" + proof.reason() + ")";
                }
                rows += proof.certificate().orElseThrow().rows();
            }
            return EQUAL + ", tables=" + report.proofs().size() + ", rows=" + rows + ", in "
                    + Duration.ofNanos(System.nanoTime() - started).toMillis() + " ms";
        } finally {
            reopen();
        }
    }

    @Override
    public void close() {
        pipeline.close();
    }
}
