package io.tidemark.engine.simulation;

import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.json.Json;
import io.tidemark.engine.simulation.Database.Event;
import io.tidemark.engine.simulation.Database.Transaction;
import io.tidemark.engine.simulation.SimulatedLake.Mirror;
import io.tidemark.engine.simulation.SimulatedLake.Version;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.testkit.lake.Events;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What must hold after every step. They look at the truth, not at what processes see of it, and end the run with the first one that does not hold:
 * <ul>
 *   <li>What is acknowledged is in sealed slices.
 *   <li>Sealed slices have every event of every table once, in the order of the log, and follow each other without a gap.
 *   <li>A mirror's progress never goes back, nor does its fence.
 *   <li>A mirror that has applied all events from before its newest rows equals the source as of its progress: nothing lost, nothing twice.
 *   <li>At a cut all mirrors equal the source as of the cut's position, in the versions that the cut names, for as long as it is kept.
 * </ul>
 */
final class Invariants {
    private final World world;

    /** Cutoff of the newest cut that a chunk of the load was read at, by load. */
    private final Map<String, Long> lastCutoffs = new HashMap<>();

    private final Map<TableId, LakeProgress> progress = new HashMap<>();
    private long sealed;
    private long sealedThrough;
    private long commits;
    private long exactCommits;
    private final Set<Long> late = new HashSet<>();
    private long cuts;

    Invariants(World world) {
        this.world = world;
    }

    long commits() {
        return commits;
    }

    /** Commits after which a whole mirror was compared with the source. */
    long exactCommits() {
        return exactCommits;
    }

    long cuts() {
        return cuts;
    }

    long slices() {
        return sealed;
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            AssertionError failure = new AssertionError(what);
            world.trace("VIOLATED: " + what);
            world.scheduler().fail(failure);
            throw failure;
        }
    }

    /** An entry of the metadata store was written. */
    void written(String key, String value) {
        String own = key.substring(key.indexOf('/', "pipelines/".length()) + 1);
        if (own.startsWith("slices/")) {
            checkNewSlices();
        } else if (own.startsWith("tables/")) {
            TableRecord record = Json.read(value, TableRecord.class, key);
            LoadPlan load = record.load();
            if (load != null) {
                lastCutoffs.merge(load.loadId(), load.lastCutoff().value(), Math::max);
            }
        } else if (own.startsWith("cuts/")) {
            cuts++;
            Cut cut = Json.read(value, Cut.class, key);
            noteLate(cut);
            checkCut(cut);
        }
    }

    /** The source may forget everything up to the token. */
    void acknowledged(long token) {
        checkNewSlices();
        Database database = world.database();
        for (Transaction transaction : database.log()
                .subMap(Math.max(sealedThrough, database.slotFrom()), false, Math.max(token, sealedThrough), true)
                .values()) {
            check(
                    transaction.events().isEmpty() || token <= database.slotFrom(),
                    "Acknowledged, but not in a sealed slice: transaction " + transaction.position() + " (acknowledged="
                            + token + ", sealed through=" + sealedThrough + ")");
        }
    }

    private void checkNewSlices() {
        for (SliceManifest slice : world.slices().after(sealed, 1_000)) {
            check(
                    slice.sequence() == sealed + 1 && slice.after().value() == sealedThrough,
                    "Slice " + slice.sequence() + " does not follow the one before (after="
                            + slice.after().value() + ", expected=" + sealedThrough + ")");
            sealed = slice.sequence();
            Map<TableId, List<String>> expected = new TreeMap<>();
            for (Transaction transaction : world.database()
                    .log()
                    .subMap(
                            Math.max(sealedThrough, world.database().slotFrom()),
                            false,
                            Math.max(slice.through().value(), world.database().slotFrom()),
                            true)
                    .values()) {
                for (Event event : transaction.events()) {
                    expected.computeIfAbsent(event.table(), table -> new ArrayList<>())
                            .add(transaction.position() + " " + event.operation() + " " + texts(event));
                }
            }
            sealedThrough = slice.through().value();
            Map<TableId, List<String>> found = new TreeMap<>();
            for (SliceFile file : slice.files()) {
                List<String> events = found.computeIfAbsent(file.schema().table(), table -> new ArrayList<>());
                world.slices().read(file, batch -> read(batch, events));
            }
            check(
                    found.equals(expected),
                    "Slice " + slice.sequence() + " does not hold what the source did: " + found + ", expected "
                            + expected);
        }
    }

    private static List<String> texts(Event event) {
        List<String> texts = new ArrayList<>();
        event.values().forEach(value -> texts.add(String.valueOf(value)));
        while (texts.size() < 3) {
            texts.add("null");
        }
        return texts;
    }

    private static void read(ChangeBatch batch, List<String> events) {
        for (int row = 0; row < batch.size(); row++) {
            events.add(batch.position(row) + " " + batch.operation(row) + " " + Events.texts(batch.columns(), row));
        }
    }

    /** A commit to a mirror, or to one in the making. */
    void committed(TableId table, Mirror mirror) {
        commits++;
        if (world.lake().mirror(table) == mirror) {
            checkMirror(table, mirror);
        }
    }

    /** A mirror took its place. */
    void published(TableId table, Mirror mirror) {
        progress.remove(table);
        checkMirror(table, mirror);
    }

    private void checkMirror(TableId table, Mirror mirror) {
        LakeProgress now = mirror.progress();
        LakeProgress before = progress.put(table, now);
        if (before != null && before.loadId().equals(now.loadId())) {
            check(
                    !now.applied().isBefore(before.applied())
                            && now.slice() >= before.slice()
                            && now.fence() >= before.fence(),
                    "The progress of " + table + " goes back: " + before + ", now " + now);
        }
        check(now.slice() <= sealed, "The progress of " + table + " is of a slice that is not sealed: " + now);
        long exactFrom = lastCutoffs.getOrDefault(now.loadId(), Long.MAX_VALUE) - 1;
        if (now.applied().value() >= exactFrom) {
            exactCommits++;
            checkRows(table, mirror.rows(), now.applied().value(), "The mirror");
        }
    }

    private void checkRows(TableId table, Rows rows, long position, String what) {
        Rows expected = world.database().table(table).at(position);
        check(
                rows.all().equals(expected.all()),
                what + " of " + table + " differs from the source as of " + position + ": " + rows + ", expected "
                        + expected);
    }

    private void checkCut(Cut cut) {
        for (Cut.TableVersion entry : cut.tables()) {
            Mirror mirror = world.lake().mirror(entry.table());
            Optional<Version> version =
                    Optional.ofNullable(mirror).flatMap((Mirror found) -> found.version(entry.version()));
            if (version.isPresent() && isExact(version.orElseThrow().progress())) {
                checkRows(
                        entry.table(),
                        version.orElseThrow().rows(),
                        cut.position().value(),
                        "At cut " + cut.slice() + " the mirror");
            }
        }
    }

    private boolean isExact(LakeProgress of) {
        Function<String, Long> cutoff = load -> lastCutoffs.getOrDefault(load, Long.MAX_VALUE);
        return of.applied().value() >= cutoff.apply(of.loadId()) - 1;
    }

    /** Everything has come to rest: mirrors equal the source as it is, whatever happened. */
    void settled() {
        for (Database.Table table : world.database().tables()) {
            TableId id = table.schema().table();
            Mirror mirror = world.lake().mirror(id);
            check(mirror != null, "There is no mirror of " + id);
            if (mirror != null) {
                checkRows(id, mirror.rows(), world.database().newest(), "In the end the mirror");
            }
        }
    }

    /** Upkeep may have let go of what such a cut names before it was there. */
    private void noteLate(Cut cut) {
        for (Cut.TableVersion entry : cut.tables()) {
            Mirror mirror = world.lake().mirror(entry.table());
            if (mirror != null && mirror.progress().slice() > cut.slice()) {
                late.add(cut.slice());
            }
        }
    }

    /** Kept cuts still have their versions, unless they were recorded when a mirror had gone on already, by a process that stood still or died. */
    void keptCuts(List<Cut> kept) {
        for (Cut cut : kept) {
            if (late.contains(cut.slice())) {
                continue;
            }
            for (Cut.TableVersion entry : cut.tables()) {
                Mirror mirror = world.lake().mirror(entry.table());
                // Versions of a mirror that a load replaced are gone with it.
                if (mirror != null && entry.version() >= mirror.firstVersion()) {
                    check(
                            mirror.version(entry.version()).isPresent(),
                            "Cut " + cut.slice() + " names version " + entry.version() + " of " + entry.table()
                                    + ", which is gone");
                }
            }
            checkCut(cut);
        }
    }
}
