package io.tidemark.spi.source;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.schema.ColumnType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes sources of one kind; found by {@link java.util.ServiceLoader}. */
public interface SourceProvider {
    /** The {@code type} in the configuration, for example {@code postgres}. */
    String type();

    List<Setting<?>> settings();

    /**
     * Why a column of this type cannot be carried as wanted: the rest of a sentence that begins with the setting, for example {@code must be string
     * or decimal(p,s)}. Empty when it can be, as far as is known without asking the source.
     *
     * @param sourceType the source's name of the type, with or without its modifier
     */
    Optional<String> refusal(String sourceType, ColumnType wanted);

    /**
     * Opens a source. Does not connect yet.
     *
     * @param pipeline name of the pipeline; what the plug-in makes in the source is named after it
     * @param scratch folder for files that need not survive a restart
     * @param choices what the user wants columns to be carried as
     */
    Source open(String pipeline, Settings settings, Path scratch, TypeChoices choices);
}
