package io.tidemark.engine.table;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** The progress of the mirror that a load has made; empty when what is known is of another one. */
    public Optional<TableProgress> find(TableId table, @Nullable LoadPlan load) {
        return find(table).filter(found -> found.loadId().equals(load == null ? "" : load.loadId()));
    }

    /** Records what a load left, unless a later load has done so: this one was taken over. */
    public void restart(TableId table, LakeProgress progress) {
        documents.update(
                Keys.of(Keys.PROGRESS, table),
                before ->
                        before.filter(known -> known.fence() > progress.fence()).isPresent()
                                ? Optional.empty()
                                : Optional.of(of(progress, progress.slice(), progress.applied(), 0)));
    }

    /** Records what an apply committed. */
    public void applied(TableId table, LakeProgress progress, long events) {
        reached(table, progress, progress.slice(), progress.applied(), events);
    }

    /**
     * Records that a mirror has everything up to a slice and a position, as its newest commit says or because nothing from after it is for the table.
     * One that comes late, from a worker that was taken over, changes nothing.
     *
     * @param committed what the mirror's newest commit says
     */
    public void reached(TableId table, LakeProgress committed, long slice, Position position, long events) {
        documents.update(Keys.of(Keys.PROGRESS, table), before -> {
            TableProgress old = before.orElse(null);
            if (old == null) {
                return Optional.of(of(committed, slice, position, events));
            }
            boolean isLate = !old.loadId().equals(committed.loadId())
                    || committed.applied().isBefore(old.committed())
                    || committed.slice() < old.committedSlice();
            return isLate
                    ? Optional.empty()
                    : Optional.of(of(
                            committed,
                            Math.max(slice, old.slice()),
                            Position.max(position, old.position()),
                            events + old.events()));
        });
    }

    /** Records that slices up to this one hold nothing more for the table. */
    public void passed(TableId table, TableProgress from, long slice, Position position) {
        documents.update(
                Keys.of(Keys.PROGRESS, table),
                before -> before.filter(progress -> progress.loadId().equals(from.loadId())
                                && progress.slice() == from.slice()
                                && progress.slice() < slice)
                        .map(progress -> new TableProgress(
                                progress.loadId(),
                                progress.fence(),
                                slice,
                                Position.max(progress.position(), position),
                                progress.committedSlice(),
                                progress.committed(),
                                progress.version(),
                                progress.newestCommitMicros(),
                                progress.events(),
                                clock.instant())));
    }

    private TableProgress of(LakeProgress committed, long slice, Position position, long events) {
        return new TableProgress(
                committed.loadId(),
                committed.fence(),
                slice,
                position,
                committed.slice(),
                committed.applied(),
                committed.version(),
                committed.newestCommitMicros(),
                events,
                clock.instant());
    }

    /** Forgets a table that is no longer followed. */
    public void forget(TableId table) {
        documents.remove(Keys.of(Keys.PROGRESS, table));
    }
}
