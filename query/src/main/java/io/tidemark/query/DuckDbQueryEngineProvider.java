package io.tidemark.query;

import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.QueryEngineProvider;
import java.nio.file.Path;

/** Opens {@link DuckDbQueryEngine}s. */
public final class DuckDbQueryEngineProvider implements QueryEngineProvider {
    @Override
    public QueryEngine open(Path scratch, long memoryBytes) {
        return new DuckDbQueryEngine(new Sessions(scratch, memoryBytes));
    }
}
