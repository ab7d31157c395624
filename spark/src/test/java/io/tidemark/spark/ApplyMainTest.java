package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.source.SupportsRemoteJobs;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApplyMainTest {
    @Test
    void anArgumentThatIsNotKnownIsRefused() {
        assertThat(options("--config", "c.yaml", "--job", "j.json"))
                .containsEntry("--config", "c.yaml")
                .containsEntry("--job", "j.json")
                .hasSize(2);
        assertThat(options("--config", "c.yaml", "--jb", "j.json")).isEmpty();
        assertThat(options("--config", "c.yaml", "--job")).isEmpty();
    }

    @Test
    void argumentsThatGlueAddsAreLeftAside() {
        assertThat(options(
                        "--JOB_ID",
                        "j_1",
                        "--JOB_NAME",
                        "mirror",
                        "--enable-metrics",
                        "--config",
                        "c.yaml",
                        "--job",
                        "j.json",
                        "--TempDir",
                        "s3://b/t"))
                .containsEntry("--config", "c.yaml")
                .containsEntry("--job", "j.json")
                .hasSize(2);
    }

    @Test
    void everySourceThatJobsHaveSaysSo() {
        Plugins plugins = new Plugins();
        assertThat(plugins.sourceTypes())
                .isNotEmpty()
                .allSatisfy(type -> assertThat(plugins.source(type)).isInstanceOf(SupportsRemoteJobs.class));
    }

    private static Map<String, String> options(String... arguments) {
        return ApplyMain.options(arguments);
    }
}
