package io.tidemark.engine.cut;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A slice that all mirrors have applied, and no more.
 *
 * @param slice the slice
 * @param name its name
 * @param position every event up to this is in the mirrors, no later one is
 * @param at end of the slice: the mirrors show the source as of then
 * @param tables version of each mirror at the cut
 */
public record Cut(long slice, String name, Position position, Instant at, List<TableVersion> tables) {
    public Cut {
        tables = List.copyOf(tables);
    }

    /** Version of a mirror. */
    public record TableVersion(TableId table, long version) {}

    /** Version of the table at the cut, if it was part of it. */
    public Optional<Long> versionOf(TableId table) {
        return tables.stream()
                .filter(entry -> entry.table().equals(table))
                .map(TableVersion::version)
                .findFirst();
    }
}
