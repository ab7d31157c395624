package io.tidemark.engine.capture;

import io.tidemark.spi.slice.EventInterval;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts slices by the times of their events. A slice is opened for the interval of its first event. Events of that interval join it, and earlier ones,
 * which are late. Where the next event is of a later interval, it waits, and all behind it; it decides on the interval of the slice to come. Used by
 * one thread.
 *
 * <p>A partition is past a time when its next event is not from before, or when all of its events from before were read some time ago:
 * {@link #grace}, for events are seen a little after they happened. When all partitions are past the end of the interval, it is complete.
 */
final class EventTimeCut {
    private static final Duration GRACE_MAX = Duration.ofSeconds(2);

    private final Clock clock;
    private final Duration length;
    private final Duration patience;
    private final Map<String, Waiting> waiting = new HashMap<>();

    private @Nullable EventInterval interval;
    private long endMicros;

    /** When the first event of the open slice could have been taken, had it not had to wait. */
    private Instant since = Instant.MAX;

    /** An event that is not taken yet, and since when. */
    private record Waiting(long micros, Instant since) {}

    /**
     * @param length of an interval
     * @param patience after which an event is taken that waits, and a slice is sealed that is not complete
     */
    EventTimeCut(Clock clock, Duration length, Duration patience) {
        this.clock = clock;
        this.length = length;
        this.patience = patience;
    }

    /** How long after an interval its events may be seen for the first time without being late: a tenth of the interval, at most 2 s. */
    static Duration grace(Duration length) {
        Duration tenth = length.dividedBy(10);
        return tenth.compareTo(GRACE_MAX) < 0 ? tenth : GRACE_MAX;
    }

    /** The interval of the open slice; null before its first event. */
    @Nullable
    EventInterval interval() {
        return interval;
    }

    /**
     * Whether what comes next from somewhere may be taken into the open slice. If not, it is to be offered again.
     *
     * @param from name of a partition, or of who offers events of several
     * @param micros time of the newest of the events, microseconds since 1970-01-01T00:00:00Z
     * @param arrived since when they can be taken
     * @param isEmpty whether nothing was taken into the open slice
     */
    boolean takes(String from, long micros, Instant arrived, boolean isEmpty) {
        if (interval == null || (isEmpty && micros >= endMicros)) {
            waiting.putIfAbsent(from, new Waiting(micros, arrived));
            open(next());
        }
        if (micros >= endMicros) {
            waiting.putIfAbsent(from, new Waiting(micros, arrived));
            return false;
        }
        Waiting before = waiting.isEmpty() ? null : waiting.remove(from);
        Instant at = before == null ? arrived : before.since;
        since = at.isBefore(since) ? at : since;
        return true;
    }

    /** Nobody else offers anything any more. */
    void retain(Set<String> offering) {
        waiting.keySet().retainAll(offering);
    }

    /**
     * Up to which time a partition is known.
     *
     * @param caughtUpAt all of its events from before then were read
     */
    Instant passed(String partition, Instant caughtUpAt) {
        Waiting next = waiting.get(partition);
        Instant read = caughtUpAt.isAfter(Instant.EPOCH) ? caughtUpAt.minus(grace(length)) : Instant.EPOCH;
        return next == null || time(next.micros).isBefore(read) ? read : time(next.micros);
    }

    /** Whether this is past the end of the open slice's interval. */
    boolean isPast(Instant passed) {
        EventInterval open = interval;
        return open != null && !passed.isBefore(open.end());
    }

    /**
     * Whether the open slice is to be sealed because it has all of its interval. When its first event came after that already, and none of a later
     * interval waits, it collects until the interval in which it came ends: times that are not exact would make a slice of every few events.
     */
    boolean isComplete(Instant passed) {
        EventInterval open = interval;
        return open != null
                && isPast(passed)
                && (!waiting.isEmpty()
                        || since.isBefore(open.end().plus(grace(length)))
                        || !clock.instant()
                                .isBefore(EventInterval.around(since, length).end()));
    }

    /** When the open slice is to be sealed at the latest. */
    Instant due() {
        return since.equals(Instant.MAX) ? Instant.MAX : since.plus(patience);
    }

    /** Since when there are events for the open slice. */
    Instant since() {
        return since;
    }

    /** Nothing is open any more. */
    void sealed() {
        interval = null;
        since = Instant.MAX;
    }

    /** Whether an interval ends between two times. */
    boolean isBetween(Instant one, Instant other) {
        return !EventInterval.around(one, length).equals(EventInterval.around(other, length));
    }

    private void open(EventInterval next) {
        interval = next;
        endMicros = ChronoUnit.MICROS.between(Instant.EPOCH, next.end());
    }

    /** The earliest, so that no event that waits becomes late; but none waits for longer than the patience because others are far behind. */
    private EventInterval next() {
        Waiting longest = waiting.values().stream()
                .min(Comparator.comparing(Waiting::since))
                .orElseThrow();
        boolean isOverdue = !clock.instant().isBefore(longest.since.plus(patience));
        Waiting first = waiting.values().stream()
                .min(Comparator.comparingLong(Waiting::micros))
                .orElseThrow();
        return EventInterval.around(time((isOverdue ? longest : first).micros), length);
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
