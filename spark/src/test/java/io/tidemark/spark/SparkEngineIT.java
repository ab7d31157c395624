package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.lake.SupportsCatalogEndpoint;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables whose slices are applied by jobs of spark-submit, with the jar that users submit. */
class SparkEngineIT {
    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iceberg", "delta"})
    void mirrorsAreKeptByJobsAndProven(String lake) throws Exception {
        SparkHome home = SparkHome.make(folder.resolve("spark"));
        try (SparkPipeline pipeline = new SparkPipeline(server, folder, lake, home, "local[2]")) {
            pipeline.execute(
                    "create table t (id int primary key, name text, n numeric(20,3), big text, made timestamptz)",
                    "alter table t alter big set storage external",
                    "insert into t select i, md5(i::text), i, repeat(md5(i::text), 100), now() from generate_series(1, 3000) i");
            pipeline.start();
            pipeline.awaitLive("t");
            pipeline.execute(
                    "update t set name = 'changed' where id % 3 = 0",
                    "delete from t where id % 5 = 0",
                    "update t set id = -id where id % 7 = 0",
                    "insert into t (id, name) select i, 'new' from generate_series(5000, 5100) i");
            pipeline.prove();
            readBySparkItself(pipeline, home);
            assertThat(pipeline.jobs()).isDirectoryContaining("glob:**.log");
            assertThat(pipeline.pipeline().config().state().resolve("index")).doesNotExist();
        }
    }

    /** With a jar that is not there the job fails when all chunks are staged; the load then goes on with them. */
    @ParameterizedTest
    @ValueSource(strings = {"iceberg", "delta"})
    void aStagedLoadGoesOnWithTheChunksThatAreThere(String lake) throws Exception {
        SparkHome home = SparkHome.make(folder.resolve("spark"));
        try (SparkPipeline pipeline = new SparkPipeline(server, folder, lake, home, "local[2]")) {
            pipeline.execute(
                    "create table t (id int primary key, region text, n numeric(20,3), tags text[])",
                    "insert into t select i, 'r' || i % 3, i, array['a', null, i::text] from generate_series(1, 40000) i");
            pipeline.configure("engine: spark", "engine: spark, snapshot: staged");
            pipeline.configure(
                    "  - {include",
                    "  - {include: public.t, engine: spark, snapshot: staged, partition: [region]}\n  - {include");
            pipeline.configure("tables:", "limits: {chunk-size: 1MiB}\ntables:");
            pipeline.configure(SparkHome.jar().toString(), "absent.jar");
            Set<Path> staged = stagedWithout("absent.jar", pipeline);
            assertThat(staged).hasSizeGreaterThan(2);
            pipeline.configure("absent.jar", "another.jar");
            assertThat(stagedWithout("another.jar", pipeline)).containsExactlyInAnyOrderElementsOf(staged);
            pipeline.configure("another.jar", SparkHome.jar().toString());
            pipeline.execute(
                    "update t set n = -n where id % 7 = 0",
                    "delete from t where id % 11 = 0", "create table empty (id int primary key)");
            pipeline.start();
            pipeline.awaitLive("t", "empty");
            pipeline.prove();
            assertThat(pipeline.lake().resolve("staging")).doesNotExist();
        }
    }

    /** Runs the pipeline until a job failed for want of the jar. */
    private static Set<Path> stagedWithout(String jar, SparkPipeline pipeline) throws IOException {
        pipeline.start();
        await().atMost(SparkPipeline.PATIENCE).until(() -> pipeline.log().contains(jar));
        pipeline.stop();
        return staged(pipeline);
    }

    private static Set<Path> staged(SparkPipeline pipeline) throws IOException {
        try (Stream<Path> found = Files.walk(pipeline.lake().resolve("staging"))) {
            return found.filter(Files::isRegularFile).collect(Collectors.toSet());
        }
    }

    /** Spark's SQL reads the mirror with the format's own library: Iceberg through the catalog that is served, Delta by its folder. */
    private static void readBySparkItself(SparkPipeline pipeline, SparkHome home) throws Exception {
        String sums = "select count(*), sum(id), sum(n), count(big), min(name), max(name) from ";
        String rows = "select id, name, n, big from %s order by id limit 500";
        Map<String, String> properties = new HashMap<>(
                Map.of("spark.master", "local[2]", "spark.app.name", "read", "spark.ui.enabled", "false"));
        String table = "delta.`" + pipeline.lake().resolve("mirror/public/t") + "`";
        try (CatalogEndpoint endpoint = pipeline.pipeline().lake() instanceof SupportsCatalogEndpoint served
                ? served.openCatalogEndpoint().orElseThrow()
                : null) {
            if (endpoint != null) {
                table = "tidemark.public.t";
                properties.put("spark.sql.catalog.tidemark", "org.apache.iceberg.spark.SparkCatalog");
                properties.put("spark.sql.catalog.tidemark.type", "rest");
                properties.put("spark.sql.catalog.tidemark.uri", endpoint.uri().toString());
                properties.put(
                        "spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
            } else {
                properties.put("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
                properties.put("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
            }
            String output = home.run(ReadMain.class, properties, List.of(sums + table, rows.formatted(table)));
            List<String> expected = new ArrayList<>(pipeline.source(sums + "t"));
            expected.addAll(pipeline.source(rows.formatted("t")));
            assertThat(output.lines()
                            .filter(line -> line.startsWith(ReadMain.MARK))
                            .map(line -> line.substring(ReadMain.MARK.length())))
                    .as(output)
                    .containsExactlyElementsOf(expected);
        }
    }
}
