package io.tidemark.spi.source;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import java.nio.file.Path;
import java.util.List;

/** Makes sources of one kind; found by {@link java.util.ServiceLoader}. */
public interface SourceProvider {
    /** The {@code type} in the configuration, for example {@code postgres}. */
    String type();

    List<Setting<?>> settings();

    /**
     * Opens a source. Does not connect yet.
     *
     * @param pipeline name of the pipeline; what the plug-in makes in the source is named after it
     * @param scratch folder for files that need not survive a restart
     * @param columnOverrides columns that the user wants as text, as {@code schema.table.column}
     */
    Source open(String pipeline, Settings settings, Path scratch, List<String> columnOverrides);
}
