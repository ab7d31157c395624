package io.tidemark.source.postgres;

import io.tidemark.source.postgres.type.ColumnChoices;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceProvider;
import io.tidemark.spi.source.SupportsRemoteJobs;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes {@link PostgresSource}s. */
public final class PostgresSourceProvider implements SourceProvider, SupportsRemoteJobs {
    @Override
    public String type() {
        return "postgres";
    }

    @Override
    public List<Setting<?>> settings() {
        return PostgresSettings.ALL;
    }

    @Override
    public Optional<String> refusal(String sourceType, ColumnType wanted) {
        return ColumnChoices.refusal(sourceType, wanted);
    }

    @Override
    public LogSource open(String pipeline, Settings settings, Path scratch, TypeChoices choices) {
        return new PostgresSource(
                PostgresSettings.connections(pipeline, settings),
                PostgresSettings.replica(pipeline, settings),
                PostgresSettings.names(pipeline, settings),
                PostgresSettings.slotKind(settings),
                scratch,
                choices);
    }
}
