package io.tidemark.engine.cut;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableProgress;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableRegistry;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The recorded cuts, newest last; bounded. */
public final class CutLog {
    private static final Duration NEAR = Duration.ofMinutes(2);
    private static final Duration MINUTES_FOR = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final int THIN_EVERY = 32;

    private final Documents<Cut> cuts;
    private long recorded = -1;
    private int sinceThinning;

    public CutLog(MetadataStore store) {
        this.cuts = new Documents<>(store, Cut.class);
    }

    /** All recorded cuts, oldest first. */
    public List<Cut> list() {
        return cuts.list(Keys.CUTS);
    }

    /** The newest cut. */
    public Optional<Cut> newest() {
        return cuts.last(Keys.CUTS);
    }

    /**
     * Records the present cut if all mirrors stand at one, and it is new.
     *
     * @param tables the tables, as they were when this was begun
     */
    public void record(Pipeline pipeline, List<TableRecord> tables) {
        List<TableRecord> applied =
                tables.stream().filter(table -> table.state().applies()).toList();
        List<Cut.TableVersion> versions = new ArrayList<>();
        long slice = -1;
        Position furthest = Position.ZERO;
        for (TableRecord table : applied) {
            Optional<TableProgress> progress = pipeline.progress().find(table.id(), table.load());
            if (progress.isEmpty() || (slice >= 0 && progress.orElseThrow().slice() != slice)) {
                return;
            }
            slice = progress.orElseThrow().slice();
            furthest = Position.max(furthest, progress.orElseThrow().position());
            versions.add(new Cut.TableVersion(table.id(), progress.orElseThrow().version()));
        }
        if (slice <= 0 || slice <= recorded) {
            return;
        }
        Optional<SliceManifest> manifest = pipeline.sliceLog().find(slice);
        // A comparison has mirrors wait in the midst of the next slice.
        if (manifest.isPresent()
                && !furthest.isAfter(manifest.orElseThrow().through())
                && areExact(applied, manifest.orElseThrow().through(), pipeline.registry())) {
            SliceManifest found = manifest.orElseThrow();
            cuts.put(Keys.of(Keys.CUTS, slice), new Cut(slice, found.name(), found.through(), found.end(), versions));
            recorded = slice;
            if (++sinceThinning >= THIN_EVERY) {
                sinceThinning = 0;
                thin(found.end());
            }
        }
    }

    /** Whether the mirrors have no rows from after the position: none is of a load that reached further, nor of one that ended just now. */
    private static boolean areExact(List<TableRecord> tables, Position through, TableRegistry registry) {
        for (TableRecord table : tables) {
            LoadPlan load = table.load();
            boolean isExact = load == null
                    || (load.readUntil() == null
                            ? !through.isBefore(new Position(load.lastCutoff().value() - 1))
                            : table.state() == TableState.LIVE);
            boolean isSameLoad = registry.find(table.id())
                    .filter(now -> now.state().applies() && Objects.equals(now.load(), load))
                    .isPresent();
            if (!isExact || !isSameLoad) {
                return false;
            }
        }
        return true;
    }

    private void thin(Instant now) {
        List<Cut> all = list();
        Set<Cut> kept = new HashSet<>(kept(all, now));
        all.stream().filter(cut -> !kept.contains(cut)).forEach(cut -> cuts.remove(Keys.of(Keys.CUTS, cut.slice())));
    }

    /**
     * Near cuts are all kept, for a week the last one of each hour, in the newest hour that of each minute: each keeps versions of all mirrors alive.
     * The newest one stays whatever its age. Whoever is kept now is kept until it is too old or another one of its hour is there, however often this is
     * asked.
     *
     * @param all oldest first
     */
    public static List<Cut> kept(List<Cut> all, Instant now) {
        List<Cut> kept = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Cut cut = all.get(i);
            boolean isNewest = i == all.size() - 1;
            Duration age = Duration.between(cut.at(), now);
            if (isNewest
                    || (age.compareTo(LONGEST) <= 0 && (age.compareTo(NEAR) < 0 || isLast(cut, all.get(i + 1), age)))) {
                kept.add(cut);
            }
        }
        return kept;
    }

    private static boolean isLast(Cut cut, Cut next, Duration age) {
        ChronoUnit unit = age.compareTo(MINUTES_FOR) < 0 ? ChronoUnit.MINUTES : ChronoUnit.HOURS;
        return !cut.at().truncatedTo(unit).equals(next.at().truncatedTo(unit));
    }
}
