package io.tidemark.engine.table;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import java.time.Clock;
import java.util.Optional;

/** Progress of all mirrors in the metadata store; only moves forward, except at a new load. */
public final class ProgressIndex {
    private final Documents<TableProgress> documents;
    private final Clock clock;

    public ProgressIndex(MetadataStore store, Clock clock) {
        this.documents = new Documents<>(store, TableProgress.class);
        this.clock = clock;
    }

    public Optional<TableProgress> find(TableId table) {
        return documents.find(Keys.of(Keys.PROGRESS, table));
    }

    /** Records what a load left. */
    public void restart(TableId table, LakeProgress progress) {
        documents.put(
                Keys.of(Keys.PROGRESS, table),
                new TableProgress(
                        progress.slice(),
                        progress.applied(),
                        progress.version(),
                        progress.newestCommitMicros(),
                        0,
                        clock.instant()));
    }

    /** Records what an apply committed. */
    public void applied(TableId table, LakeProgress progress, long events) {
        documents.update(Keys.of(Keys.PROGRESS, table), before -> {
            long slice =
                    Math.max(progress.slice(), before.map(TableProgress::slice).orElse(0L));
            Position position = Position.max(
                    progress.applied(), before.map(TableProgress::position).orElse(Position.ZERO));
            long total = events + before.map(TableProgress::events).orElse(0L);
            return Optional.of(new TableProgress(
                    slice, position, progress.version(), progress.newestCommitMicros(), total, clock.instant()));
        });
    }

    /** Records that slices up to this one hold nothing more for the table. */
    public void passed(TableId table, long fromSlice, long slice, Position position) {
        documents.update(
                Keys.of(Keys.PROGRESS, table),
                before -> before.filter(progress -> progress.slice() == fromSlice && progress.slice() < slice)
                        .map(progress -> new TableProgress(
                                slice,
                                Position.max(progress.position(), position),
                                progress.version(),
                                progress.newestCommitMicros(),
                                progress.events(),
                                clock.instant())));
    }

    /** Forgets a table that is no longer followed. */
    public void forget(TableId table) {
        documents.remove(Keys.of(Keys.PROGRESS, table));
    }
}
