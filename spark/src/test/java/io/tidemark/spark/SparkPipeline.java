package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pipeline over a test database, whose tables are applied to by jobs on Spark. */
final class SparkPipeline implements AutoCloseable {
    /** A job takes seconds to start. */
    static final Duration PATIENCE = Duration.ofMinutes(4);

    private final EmbeddedPostgresServer server;
    private final String database;
    private final Plugins plugins = new Plugins();
    private final Path file;
    private @Nullable Pipeline pipeline;
    private @Nullable Runner runner;

    /**
     * @param lake type of the lake
     * @param master where jobs run
     */
    SparkPipeline(EmbeddedPostgresServer server, Path folder, String lake, SparkHome home, String master)
            throws IOException {
        this(server, server.createDatabase(), "", folder, lake, home, master);
    }

    /**
     * The same for a database that others mirror, too.
     *
     * @param suffix what tells its pipeline from theirs
     */
    SparkPipeline(
            EmbeddedPostgresServer server,
            String database,
            String suffix,
            Path folder,
            String lake,
            SparkHome home,
            String master)
            throws IOException {
        this.server = server;
        this.database = database;
        this.file = folder.resolve("tidemark.yaml");
        Files.writeString(file, """
                pipeline: %s
                source:
                  type: postgres
                  url: postgresql://localhost:%d/%s
                  user: postgres
                lake: {type: %s, location: ./lake%s}
                slices: {interval: 1s}
                spark:
                  home: %s
                  master: "%s"
                  jar: %s
                  properties: {spark.ui.enabled: "false", spark.executor.memory: 1g, spark.cores.max: "2"%s}
                tables:
                  - {include: public.*, engine: spark}
                """.formatted(
                        database + suffix,
                        server.port(),
                        database,
                        lake,
                        lake.equals("iceberg") ? ", serve: '127.0.0.1:0'" : "",
                        home.folder(),
                        master,
                        SparkHome.jar(),
                        lake.equals("hudi") ? ", spark.jars: " + System.getProperty("tidemark.spark.hudi") : ""));
    }

    /** Changes the configuration of a pipeline that is stopped. */
    void configure(String before, String after) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(before);
        Files.writeString(file, text.replace(before, after));
    }

    void execute(String... statements) {
        server.execute(database, statements);
    }

    Pipeline pipeline() {
        if (pipeline == null) {
            pipeline = Pipeline.open(ConfigReader.read(file, plugins, Map.of()), plugins, Clock.systemUTC());
        }
        return pipeline;
    }

    void start() {
        runner = Runner.start(pipeline(), EnumSet.allOf(Role.class));
    }

    void awaitLive(String... tables) {
        for (String table : tables) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(pipeline().registry().find(new TableId("public", table)))
                            .hasValueSatisfying(record -> assertThat(record.state())
                                    .as("%s", record.failure())
                                    .isEqualTo(TableState.LIVE)));
        }
    }

    /** Proves everything, and fails with the differences. */
    void prove() throws InterruptedException {
        VerifyRequest request = new VerifyRequest(
                List.of(), Optional.empty(), Optional.empty(), VerifyRequest.Repair.REPORT, 20, PATIENCE);
        try (Queries queries = new Queries(pipeline(), plugins)) {
            List<TableProof> proofs = new Verifier(pipeline(), queries.engine())
                    .verify(request, VerifyListener.SILENT)
                    .proofs();
            assertThat(proofs)
                    .isNotEmpty()
                    .allSatisfy(proof -> assertThat(proof.outcome())
                            .as("%s: %s %s\n%s", proof.table(), proof.reason(), proof.differences(), log())
                            .isEqualTo(TableProof.Outcome.EQUAL));
        }
    }

    /** Newest slice that the mirror has. */
    long slice(String table) {
        try (LakeTable mirror =
                pipeline().lake().find(new TableId("public", table)).orElseThrow()) {
            return mirror.progress().slice();
        }
    }

    /** Rows of a table that jobs load and change in all ways, proven. */
    void changeAndProve() throws InterruptedException {
        execute(
                "create table t (id int primary key, name text, n numeric(20,3), big text, made timestamptz)",
                "alter table t alter big set storage external",
                "insert into t select i, md5(i::text), i, repeat(md5(i::text), 100), now() from generate_series(1, 3000) i");
        start();
        awaitLive("t");
        execute(
                "update t set name = 'changed' where id % 3 = 0",
                "delete from t where id % 5 = 0",
                "update t set id = -id where id % 7 = 0",
                "insert into t (id, name) select i, 'new' from generate_series(5000, 5100) i");
        prove();
        assertThat(jobs()).isDirectoryContaining("glob:**.log");
    }

    /**
     * Spark's own SQL reads the mirror of {@link #changeAndProve} as the database has it.
     *
     * @param properties what the format's own library needs
     * @param table the mirror as it names it
     * @param before statements that come before
     */
    void readBySpark(SparkHome home, Map<String, String> properties, String table, String... before) throws Exception {
        String sums = "select count(*), sum(id), sum(n), count(big), min(name), max(name) from ";
        String rows = "select id, name, n, big from %s order by id limit 500";
        List<String> expected = new ArrayList<>(source(sums + "t"));
        expected.addAll(source(rows.formatted("t")));
        List<String> statements = new ArrayList<>(List.of(before));
        statements.addAll(List.of(sums + table, rows.formatted(table)));
        assertThat(home.query(properties, statements)).containsExactlyElementsOf(expected);
    }

    /** A query of the database, a row a line, columns parted by bars. */
    List<String> source(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    values.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join("|", values));
            }
        }
        return rows;
    }

    /** The newest log of a job. */
    String log() {
        try (Stream<Path> files = Files.list(jobs())) {
            return files.max(java.util.Comparator.comparing(
                            (Path found) -> found.toFile().lastModified()))
                    .map(found -> {
                        try {
                            return Files.readString(found);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .orElse("");
        } catch (IOException e) {
            return "no job has run";
        }
    }

    /** The lake's root. */
    Path lake() {
        return file.resolveSibling("lake");
    }

    /** Folder of the jobs' logs. */
    Path jobs() {
        return pipeline().config().state().resolve("jobs");
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

    @Override
    public void close() {
        stop();
    }
}
