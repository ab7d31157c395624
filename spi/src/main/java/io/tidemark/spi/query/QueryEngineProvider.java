package io.tidemark.spi.query;

import java.nio.file.Path;

/** Makes query engines; found by {@link java.util.ServiceLoader}. */
public interface QueryEngineProvider {
    /**
     * Opens an engine.
     *
     * @param scratch folder for spilling
     * @param memoryBytes memory limit of the engine
     */
    QueryEngine open(Path scratch, long memoryBytes);
}
