package io.tidemark.spi.job;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.source.Finding;
import java.nio.file.Path;
import java.util.List;

/** Makes job runners of one kind; found by {@link java.util.ServiceLoader}. */
public interface JobRunnerProvider {
    /** The {@code type} in the configuration, for example {@code spark-submit}. */
    String type();

    List<Setting<?>> settings();

    /**
     * Tests that jobs can be started; starts none.
     *
     * @param lake type of the lake that they apply to
     */
    Finding check(Settings settings, String lake);

    /**
     * Opens the runner.
     *
     * @param config the configuration file, which jobs need too
     * @param logs folder for logs of jobs
     */
    JobRunner open(Settings settings, Path config, Path logs);
}
