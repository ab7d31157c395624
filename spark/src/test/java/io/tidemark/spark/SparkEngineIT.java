package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.lake.SupportsCatalogEndpoint;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import io.tidemark.testkit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
            pipeline.changeAndProve();
            readBySparkItself(pipeline, home);
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

    /** Driver and tasks reach the storage as the configuration says; the names of classes in it are those of Iceberg. */
    @ParameterizedTest
    @ValueSource(strings = {"iceberg", "delta"})
    void aLakeInS3IsLoadedAndKeptByJobs(String lake) throws Exception {
        SparkHome home = SparkHome.make(folder.resolve("spark"));
        try (S3Server storage = S3Server.start(folder.resolve("s3"));
                SparkPipeline pipeline = new SparkPipeline(server, folder, lake, home, "local[2]")) {
            String properties = storage.properties().entrySet().stream()
                    .map(property -> property.getKey() + ": '" + property.getValue() + "'")
                    .collect(Collectors.joining(", "));
            pipeline.configure(
                    "location: ./lake",
                    "location: " + storage.createBucket("bucket")
                            + "/lake, properties: {io-impl: org.apache.iceberg.aws.s3.S3FileIO, " + properties + "}");
            pipeline.configure("engine: spark", "engine: spark, snapshot: staged");
            pipeline.changeAndProve();
            assertThat(pipeline.pipeline().storage().list("staging/")).isEmpty();
            assertThat(pipeline.pipeline().storage().list("mirror/public/t/")).isNotEmpty();
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
        Map<String, String> properties = new HashMap<>();
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
            pipeline.readBySpark(home, properties, table);
        }
    }
}
