package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.item.ColumnChoices;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.PartitionedSource;
import io.tidemark.spi.source.PartitionedSourceProvider;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes {@link DynamoDbSource}s. */
public final class DynamoDbSourceProvider implements PartitionedSourceProvider {
    @Override
    public String type() {
        return "dynamodb";
    }

    @Override
    public List<Setting<?>> settings() {
        return DynamoDbSettings.ALL;
    }

    @Override
    public Optional<String> refusal(String sourceType, ColumnType wanted) {
        return ColumnChoices.refusal(sourceType, wanted);
    }

    @Override
    public PartitionedSource open(String pipeline, Settings settings, Path scratch, TypeChoices choices) {
        Clients clients = DynamoDbSettings.clients(settings);
        OpenExports opened = new OpenExports(DynamoDbSettings.s3(settings));
        StartedExports started = settings.find(DynamoDbSettings.EXPORT_TO)
                .map(destination -> new StartedExports(clients, pipeline, destination, opened))
                .orElse(null);
        HandedExports handed = settings.find(DynamoDbSettings.EXPORTS).orElse(HandedExports.NONE);
        return new DynamoDbSource(
                clients,
                new TableExports(clients, handed, opened, started),
                choices,
                settings.find(DynamoDbSettings.DOCUMENT).orElse(null),
                settings.value(DynamoDbSettings.SAMPLE));
    }
}
