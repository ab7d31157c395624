package io.tidemark.engine.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSubmitProviderTest {
    @TempDir
    Path folder;

    @Test
    void aLakeWithAJarOfItsOwnIsMissedUnlessSparkGetsIt() throws IOException {
        assertThat(check("iceberg", Map.of()).status()).isEqualTo(Finding.Status.OK);
        assertThat(check("hudi", Map.of("spark.jars", "/opt/other.jar")))
                .returns(Finding.Status.FAILED, Finding::status)
                .satisfies(finding -> assertThat(finding.detail()).contains("tidemark-spark-hudi.jar"));
        assertThat(check("hudi", Map.of("spark.jars", "/opt/other.jar,s3://jars/tidemark-spark-hudi.jar"))
                        .status())
                .isEqualTo(Finding.Status.OK);
    }

    private Finding check(String lake, Map<String, String> properties) throws IOException {
        Path jar = Files.writeString(folder.resolve("tidemark-spark.jar"), "");
        return new SparkSubmitProvider().check(new Settings("spark", Map.of("jar", jar.toString()), properties), lake);
    }
}
