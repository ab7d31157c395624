package io.tidemark.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.config.PluginSettings;
import io.tidemark.engine.config.SettingsCatalog;
import io.tidemark.spi.config.Setting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitFileTest {
    private static final SettingsCatalog CATALOG = SettingsCatalog.of(new PluginSettings(
            Map.of(
                    "postgres",
                    () -> List.of(
                            Setting.text("url", "Where the database is."),
                            Setting.text("password", "Password.").asOptional().asSecret(),
                            Setting.text("slot", "Name of the slot.").asOptional())),
            Map.of("iceberg", () -> List.of(Setting.integer("format-version", "3", 2, 3, "Version of the format."))),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            type -> true,
            type -> false,
            Map.of()));

    @Test
    void writesAnswersAndEveryOtherSettingAsAComment() {
        String text = new InitFile(
                        "bank",
                        "postgres",
                        Map.of("url", "postgresql://db/\"bank\"", "password", "${env:PW}"),
                        "./la ke",
                        List.of("public.*", "\"Odd\".x"))
                .text(CATALOG);

        assertThat(text.lines().filter(line -> !line.stripLeading().startsWith("#") && !line.isBlank()))
                .containsExactly(
                        "pipeline: bank",
                        "source:",
                        "  type: postgres",
                        "  url: \"postgresql://db/\\\"bank\\\"\"",
                        "  password: \"${env:PW}\"",
                        "lake:",
                        "  location: \"./la ke\"",
                        "tables:",
                        "  - include: \"public.*\"",
                        "  - include: \"\\\"Odd\\\".x\"");
        assertThat(text).contains("  # Name of the slot.\n  #slot:\n", "  #format-version: 3\n", "#  interval: 10s\n");
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgresql://db:5432/bank             | bank
            postgresql://db/Bank-2?sslmode=x/y    | bank_2
            postgresql://db/2024_bank             | bank
            postgresql://db/%E4                   | e4
            postgresql://db/                      | pipeline
            x                                     | x
            """)
    void namesThePipelineAfterTheDatabase(String url, String expected) {
        assertThat(InitFile.pipelineName(url)).isEqualTo(expected);
    }
}
