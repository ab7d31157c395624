package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static Map<String, String> options(String... arguments) {
        return ApplyMain.options(arguments);
    }
}
