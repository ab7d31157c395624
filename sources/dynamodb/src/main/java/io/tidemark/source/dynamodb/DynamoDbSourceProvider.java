package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.item.ColumnChoices;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.Source;
import io.tidemark.spi.source.SourceProvider;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes {@link DynamoDbSource}s. */
public final class DynamoDbSourceProvider implements SourceProvider {
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
    public Source open(String pipeline, Settings settings, Path scratch, TypeChoices choices) {
        return new DynamoDbSource(
                DynamoDbSettings.clients(settings),
                choices,
                settings.find(DynamoDbSettings.DOCUMENT).orElse(null),
                settings.value(DynamoDbSettings.SAMPLE));
    }
}
