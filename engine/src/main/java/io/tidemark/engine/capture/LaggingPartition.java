package io.tidemark.engine.capture;

import io.tidemark.spi.schema.TableId;
import java.time.Instant;
import java.util.List;

/**
 * A partition that cannot be read, or that is far behind.
 *
 * @param partition its id
 * @param tables tables whose events it holds
 * @param caughtUpAt all of its events from before then were read
 * @param failure why it cannot be read; empty when it is behind only
 */
public record LaggingPartition(String partition, List<TableId> tables, Instant caughtUpAt, String failure) {
    public LaggingPartition {
        tables = List.copyOf(tables);
    }
}
