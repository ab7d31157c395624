package io.tidemark.engine.config;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes configuration texts and reads them against made-up plug-ins. */
final class ConfigFixture {
    static final Setting<String> URL = Setting.text("url", "Where the database is.");
    static final Setting<String> PASSWORD =
            Setting.text("password", "Password.").asOptional().asSecret();
    static final Setting<Integer> PIN = new Setting<>("pin", "number", null, true, true, "A secret number.", text -> {
        throw new IllegalArgumentException("is not a number (found: " + text + ")");
    });

    static final PluginSettings PLUGINS = new PluginSettings(
            Map.of(
                    "postgres",
                    () -> List.of(
                            URL, PASSWORD, PIN, Setting.text("user", "User.").withDefault("postgres")),
                    "elsewhere",
                    List::of),
            Map.of(
                    "iceberg",
                    () -> List.of(Setting.integer("format-version", "3", 2, 3, "Version of the table format."))),
            Map.of(
                    "jdbc",
                    () -> List.of(Setting.text("url", "JDBC URL.")),
                    "etcd",
                    () -> List.of(Setting.text("endpoints", "Hosts."))),
            Map.of("spark-submit", () -> List.of(Setting.text("jar", "Path of the jar."))),
            Map.of("glue", () -> List.of(Setting.text("database", "Database.").asOptional())),
            Map.of(
                    "postgres",
                    (type, wanted) -> wanted.equals(ColumnType.STRING)
                            ? Optional.empty()
                            : Optional.of("cannot be " + wanted + ": " + type + " can be string")),
            type -> type.equals("postgres"),
            type -> type.equals("elsewhere"),
            Map.of("safe", ConfigFixture::secret));

    /** A source and a lake, without a line end: more can be appended. */
    static final String LEAST = """
            pipeline: bank
            source: {type: postgres, url: "postgresql://localhost/bank"}
            lake: {location: ./lake}
            """;

    /** The secrets of a store of type {@code safe}. */
    private static String secret(String name) {
        return switch (name) {
            case "plain" -> "text#1";
            case "rds" -> "{\"username\":\"u\",\"password\":\"p#$1\",\"port\":5432,\"none\":null}";
            default ->
                throw new TidemarkException(
                        ErrorCode.SECRET_NOT_FOUND, "Cannot read secret " + name + ": there is none", "Make it.", null);
        };
    }

    private ConfigFixture() {}

    static PipelineConfig read(Path folder, String yaml) {
        return read(folder, yaml, Map.of());
    }

    static PipelineConfig read(Path folder, String yaml, Map<String, String> environment) {
        try {
            Path file = Files.writeString(folder.resolve("tidemark.yaml"), yaml);
            return ConfigReader.read(file, PLUGINS, environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
