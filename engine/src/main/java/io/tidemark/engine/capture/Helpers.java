package io.tidemark.engine.capture;

import io.tidemark.engine.job.JobFiles;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.source.StreamPartition;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that help the one that seals, as that one sees them: who reads which partition, and what they hand over. Used by one thread.
 *
 * <p>A partition has one reader at a time. It goes from one to another only when all that the first has read of it is taken, and to a helper only when
 * the position to begin at is stored. A part is taken only from who has all of its partitions, and only when these stand where it begins. So whoever
 * died, slept, or believes to seal still, no event is sealed twice or out of order; at worst it is read again.
 */
final class Helpers {
    static final String LEASE = "capture-helper-";

    private static final Logger LOG = LoggerFactory.getLogger(Helpers.class);

    private final CaptureContext context;
    private final Documents<Share> shares;
    private final Documents<HelperReport> reports;
    private final Map<String, Instant> known;
    private final Map<String, Member> helpers = new TreeMap<>();

    /** What the sealing capture does with a part; see {@link #look}. */
    interface Taker {
        /** Whether its partitions stand where the part begins. */
        boolean fits(Part part);

        /** Whether it may be taken now; if not, it is offered again at the next look. */
        boolean takes(String helper, Part part);

        /**
         * Takes all of it.
         *
         * @param passed what the helper said with it of how far it is
         */
        void take(Part part, Instant passed);
    }

    /** @param known until when the events of partitions are known that nobody reads; extended when a helper reads one no more */
    Helpers(CaptureContext context, Map<String, Instant> known) {
        this.context = context;
        this.known = known;
        this.shares = new Documents<>(context.metastore(), Share.class);
        this.reports = new Documents<>(context.metastore(), HelperReport.class);
    }

    boolean isEmpty() {
        return helpers.isEmpty();
    }

    int count() {
        return helpers.size();
    }

    /**
     * Takes what is handed over, and sees who came and went.
     *
     * @return whether partitions may have become free, or a helper could take some
     */
    boolean look(Taker taker) {
        boolean changed = false;
        for (Entry entry : context.metastore().list(Keys.HELPERS)) {
            String number = entry.key().substring(Keys.HELPERS.length());
            changed |= look(number, taker);
        }
        return changed;
    }

    private boolean look(String number, Taker taker) {
        // In this order: what a helper said before its lease ended is its last word.
        boolean isAlive = context.isHeld().test(LEASE + number);
        Optional<HelperReport> found = reports.find(Keys.HELPERS + number);
        if (found.isEmpty()) {
            return false;
        }
        HelperReport report = found.orElseThrow();
        boolean changed = false;
        Member helper = helpers.get(number);
        if (helper == null || helper.share.fence() < report.fence()) {
            if (helper != null) {
                // Its last part, if it was not taken, went with its report.
                helper.forget();
            }
            helper = join(number, report);
            changed = true;
        }
        if (helper.share.fence() == report.fence()) {
            helper.report = report;
            changed |= take(helper, taker);
            changed |= helper.release();
        }
        if (!isAlive && helper.pending == 0 && !helper.isWaiting) {
            LOG.info("helper of capture is gone helper={}", number);
            helper.forget();
            helpers.remove(number);
            shares.removeIfSame(Keys.SHARES + number, helper.written);
            reports.removeIfSame(Keys.HELPERS + number, report);
            return true;
        }
        helper.isAlive = isAlive;
        return changed;
    }

    /** Goes on with the share that an earlier capture gave it, or gives it one. */
    private Member join(String number, HelperReport report) {
        Share share = shares.find(Keys.SHARES + number)
                .filter(found -> found.fence() == report.fence())
                .orElseGet(() -> {
                    Share none = Share.none(report.fence(), report.life() + 1, report.part());
                    return write(number, found -> found.fence() < report.fence(), none);
                });
        Member helper = new Member(number, share, report);
        helpers.put(number, helper);
        LOG.info(
                "helper of capture joined helper={} partitions={}",
                number,
                share.partitions().size());
        return helper;
    }

    /** Another capture that still believes to seal must not come between: a helper would read what nobody knows of. */
    private Share write(String number, Predicate<Share> isExpected, Share next) {
        shares.update(Keys.SHARES + number, before -> {
            if (before.filter(isExpected.negate()).isPresent()) {
                throw new TidemarkException(
                        ErrorCode.LEASE_LOST,
                        "Cannot share partitions out: another capture does (helper=" + number + ")");
            }
            return Optional.of(next);
        });
        return next;
    }

    private boolean take(Member helper, Taker taker) {
        helper.isWaiting = false;
        HelperReport report = helper.report;
        if (report.life() != helper.share.life()
                || report.part() <= helper.share.taken()
                || report.part() == helper.pending) {
            return false;
        }
        Optional<Part> part = JobFiles.find(context.storage(), report.path(), Part.class);
        if (part.isPresent() && helper.owns(part.orElseThrow()) && taker.fits(part.orElseThrow())) {
            if (!taker.takes(LEASE + helper.number, part.orElseThrow())) {
                helper.isWaiting = true;
                return false;
            }
            taker.take(part.orElseThrow(), report.passed());
            helper.pending = report.part();
            return true;
        }
        // Its partitions are given to it again, as they stand now.
        LOG.warn("part of a helper of capture is read again helper={} part={}", helper.number, report.part());
        helper.leave(helper.owned());
        helper.leaving.clear();
        helper.put(Share.none(report.fence(), helper.share.life() + 1, report.part()));
        return true;
    }

    /** What was taken is stored now. */
    void stored() {
        for (Member helper : helpers.values()) {
            if (helper.pending > 0) {
                helper.put(helper.share.withTaken(helper.pending));
                helper.pending = 0;
                delete(helper.report.path());
            }
        }
    }

    /**
     * Shares the partitions out. What an earlier capture gave to helpers is known after the first {@link #look}.
     *
     * @param readable all that are to be read now, by id
     * @param own those that the sealing capture reads
     * @param isStored whether the position at which a helper would begin is stored
     * @param position that position
     * @return those that the sealing capture is to read
     */
    Set<String> assign(
            Map<String, StreamPartition> readable,
            Set<String> own,
            Predicate<StreamPartition> isStored,
            Function<StreamPartition, String> position) {
        Set<String> mine = new HashSet<>(own);
        mine.retainAll(readable.keySet());
        Set<String> taken = new HashSet<>(mine);
        for (Member helper : helpers.values()) {
            helper.retain(partition -> readable.containsKey(partition) && !own.contains(partition));
            taken.addAll(helper.owned());
        }
        Loads loads = new Loads(mine.size());
        for (StreamPartition partition : new TreeMap<>(readable).values()) {
            if (!taken.contains(partition.id())) {
                Optional<Member> helper = loads.least();
                loads.add(helper, 1);
                if (helper.isEmpty()) {
                    mine.add(partition.id());
                } else if (isStored.test(partition)) {
                    helper.orElseThrow()
                            .give(new Share.Assigned(
                                    partition,
                                    position.apply(partition),
                                    known.getOrDefault(partition.id(), Instant.EPOCH)));
                }
            }
        }
        loads.level(mine);
        helpers.values().forEach(Member::write);
        return mine;
    }

    /** Until when the events of all partitions of helpers are known, as far as they were taken. */
    Optional<Instant> caughtUpAt() {
        return helpers.values().stream()
                .filter(helper -> !helper.owned().isEmpty())
                .map(helper -> helper.caughtUpAt)
                .min(Instant::compareTo);
    }

    /** Up to which time the events of all partitions of helpers are taken, late ones aside. A part that waits has later ones only. */
    Optional<Instant> passed() {
        return helpers.values().stream()
                .filter(helper -> !helper.isWaiting && !helper.owned().isEmpty())
                .map(helper -> helper.passed)
                .min(Instant::compareTo);
    }

    List<LaggingPartition> lagging() {
        List<LaggingPartition> lagging = new ArrayList<>();
        helpers.values().forEach(helper -> lagging.addAll(helper.report.lagging()));
        return lagging;
    }

    /** Deletes what is left of parts of helpers that are gone. */
    void clean() {
        try {
            for (String folder : context.storage().folders(context.folder())) {
                boolean isOfSomebody = reports(folder).isPresent();
                if (!isOfSomebody) {
                    context.storage().deleteAll(context.folder() + folder + "/");
                }
            }
        } catch (IOException e) {
            LOG.warn("parts of helpers of capture are left folder={} reason={}", context.folder(), e.getMessage());
        }
    }

    private Optional<HelperReport> reports(String folder) {
        int dash = folder.indexOf('-');
        return dash < 0
                ? Optional.empty()
                : reports.find(Keys.HELPERS + folder.substring(0, dash))
                        .filter(report -> folder.equals(folderName(folder.substring(0, dash), report.fence())));
    }

    /** Name of the folder of a helper's parts. */
    static String folderName(String number, long fence) {
        return number + "-" + fence;
    }

    private void delete(String part) {
        try {
            context.storage().deleteAll(part.substring(0, part.lastIndexOf('/') + 1));
        } catch (IOException e) {
            LOG.warn("a part that is sealed is left path={} reason={}", part, e.getMessage());
        }
    }

    /** How many partitions everyone reads, the sealing capture included. */
    private final class Loads {
        private final Map<Optional<String>, Integer> loads = new HashMap<>();

        Loads(int own) {
            loads.put(Optional.empty(), own);
            for (Member helper : helpers.values()) {
                if (helper.isAlive) {
                    loads.put(
                            Optional.of(helper.number),
                            helper.share.partitions().size());
                }
            }
        }

        Optional<Member> least() {
            return loads.entrySet().stream()
                    .min(Map.Entry.<Optional<String>, Integer>comparingByValue()
                            .thenComparing(entry -> entry.getKey().orElse("")))
                    .orElseThrow()
                    .getKey()
                    .map(helpers::get);
        }

        void add(Optional<Member> helper, int count) {
            loads.merge(helper.map(found -> found.number), count, Integer::sum);
        }

        /** Takes partitions from who reads more than others; they are given to others once what was read of them is stored. */
        void level(Set<String> mine) {
            while (true) {
                Map.Entry<Optional<String>, Integer> most = loads.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .orElseThrow();
                Optional<Member> least = least();
                if (most.getValue() - loads.getOrDefault(least.map(found -> found.number), 0) < 2) {
                    return;
                }
                Member giving = most.getKey().map(helpers::get).orElse(null);
                boolean hasTaken = giving == null
                        ? mine.remove(
                                mine.stream().max(Comparator.naturalOrder()).orElse(""))
                        : giving.takeOne();
                if (!hasTaken) {
                    return;
                }
                loads.merge(most.getKey(), -1, Integer::sum);
                add(least, 1);
            }
        }
    }

    /** One helper. */
    private final class Member {
        private final String number;
        private Share share;
        private Share written;
        private HelperReport report;
        private boolean isAlive = true;

        /** Number of the part that is taken and not stored; 0 for none. */
        private long pending;

        /** Until when the events of its partitions are taken. */
        private Instant caughtUpAt = Instant.EPOCH;

        /** Up to which time they are taken, late ones aside. */
        private Instant passed = Instant.EPOCH;

        /** Whether its newest part is not taken yet because its events are of an interval to come. */
        private boolean isWaiting;

        /** What it may still read although it is not in its share any more, by the version of the share that says so first. */
        private final Map<String, Long> leaving = new HashMap<>();

        Member(String number, Share share, HelperReport report) {
            this.number = number;
            this.share = share;
            this.written = share;
            this.report = report;
        }

        Set<String> owned() {
            Set<String> owned = new HashSet<>(leaving.keySet());
            share.partitions().forEach(assigned -> owned.add(assigned.id()));
            return owned;
        }

        boolean owns(Part part) {
            Set<String> owned = owned();
            return part.moves().stream().allMatch(move -> owned.contains(move.partition()));
        }

        /** Sees what the report says of an earlier share. */
        boolean release() {
            boolean isTaken = report.part() <= share.taken() || report.part() == pending;
            if (report.life() != share.life() || !isTaken) {
                return false;
            }
            Set<String> left = new HashSet<>(leaving.keySet());
            leaving.values().removeIf(version -> version <= report.version());
            left.removeAll(leaving.keySet());
            leave(left);
            // Not before: what it says now is not of those.
            if (report.version() == written.version()) {
                caughtUpAt = report.caughtUpAt();
                passed = report.passed();
            }
            return !left.isEmpty();
        }

        private void leave(Set<String> partitions) {
            partitions.forEach(partition -> known.put(partition, caughtUpAt));
        }

        void give(Share.Assigned assigned) {
            List<Share.Assigned> more = new ArrayList<>(share.partitions());
            more.add(assigned);
            boolean isFirst = owned().isEmpty();
            replace(more);
            if (isFirst || assigned.knownUntil().isBefore(caughtUpAt)) {
                caughtUpAt = assigned.knownUntil();
            }
            if (isFirst || assigned.knownUntil().isBefore(passed)) {
                passed = assigned.knownUntil();
            }
            known.remove(assigned.id());
        }

        boolean takeOne() {
            if (share.partitions().isEmpty()) {
                return false;
            }
            Share.Assigned last = share.partitions().get(share.partitions().size() - 1);
            replace(share.partitions().subList(0, share.partitions().size() - 1));
            leaving.put(last.id(), share.version());
            return true;
        }

        /** Partitions that ended, or that are not its own any more, are not waited for. */
        void retain(Predicate<String> wanted) {
            leaving.keySet().removeIf(wanted.negate());
            List<Share.Assigned> left = share.partitions().stream()
                    .filter(assigned -> wanted.test(assigned.id()))
                    .toList();
            if (left.size() < share.partitions().size()) {
                replace(left);
            }
        }

        private void replace(List<Share.Assigned> partitions) {
            // One version for all that changes before it is written.
            share = new Share(share.fence(), share.life(), written.version() + 1, share.taken(), partitions);
        }

        void write() {
            if (!share.equals(written)) {
                put(share);
            }
        }

        void put(Share next) {
            Share before = written;
            written = Helpers.this.write(number, before::equals, next);
            share = next;
        }

        /** It is gone: all of its partitions are free. */
        void forget() {
            leave(owned());
            try {
                context.storage().deleteAll(context.folder() + folderName(number, share.fence()) + "/");
            } catch (IOException e) {
                throw TidemarkException.ofStorage(
                        "Cannot delete the parts of a helper of capture", " (helper=" + number + ")", e);
            }
        }
    }
}
