package io.tidemark.spi.source;

import io.tidemark.spi.config.Settings;
import java.nio.file.Path;

/** Makes {@link PartitionedSource}s, so that what only those can do is known before one is opened. */
public interface PartitionedSourceProvider extends SourceProvider {
    @Override
    PartitionedSource open(String pipeline, Settings settings, Path scratch, TypeChoices choices);
}
