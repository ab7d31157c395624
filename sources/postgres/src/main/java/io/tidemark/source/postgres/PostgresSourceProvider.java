package io.tidemark.source.postgres;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.source.Source;
import io.tidemark.spi.source.SourceProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Makes {@link PostgresSource}s. */
public final class PostgresSourceProvider implements SourceProvider {
    @Override
    public String type() {
        return "postgres";
    }

    @Override
    public List<Setting<?>> settings() {
        return PostgresSettings.ALL;
    }

    @Override
    public Source open(String pipeline, Settings settings, Path scratch, List<String> columnOverrides) {
        return new PostgresSource(
                PostgresSettings.connections(pipeline, settings),
                PostgresSettings.names(pipeline, settings),
                scratch,
                Set.copyOf(columnOverrides));
    }
}
