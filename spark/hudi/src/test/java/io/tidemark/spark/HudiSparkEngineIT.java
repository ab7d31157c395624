package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hudi tables whose slices are applied by jobs of spark-submit, with the jars that users submit. */
class HudiSparkEngineIT {
    @TempDir
    Path folder;

    @Test
    void mirrorsAreKeptByJobsProvenAndReadByHudisOwnBundle() throws Exception {
        SparkHome home = SparkHome.make(folder.resolve("spark"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                SparkPipeline pipeline = new SparkPipeline(server, folder, "hudi", home, "local[2]")) {
            pipeline.changeAndProve();
            Path mirror = pipeline.lake().resolve("mirror/public/t");
            pipeline.readBySpark(
                    home,
                    Map.of(
                            "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
                            "spark.kryo.registrator", "org.apache.spark.HoodieSparkKryoRegistrar",
                            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.hudi.catalog.HoodieCatalog",
                            "spark.sql.extensions", "org.apache.spark.sql.hudi.HoodieSparkSessionExtension"),
                    "mirror",
                    "create temporary view mirror using hudi options (path '" + mirror + "')");
            try (Stream<Path> files = Files.list(mirror)) {
                assertThat(files)
                        .allSatisfy(file -> assertThat(file.getFileName().toString())
                                .as("no checksum files of Hadoop's own file system")
                                .doesNotEndWith(".crc"));
            }
        }
    }
}
