package io.tidemark.engine.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.slice.EventInterval;
import io.tidemark.testkit.clock.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventTimeCutTest {
    private static final Instant MIDNIGHT = Instant.parse("2023-07-01T00:00:00Z");
    private static final Duration LENGTH = Duration.ofMinutes(10);
    private static final Duration PATIENCE = LENGTH.plusSeconds(4);

    private final MutableClock clock = new MutableClock(MIDNIGHT);
    private final EventTimeCut cut = new EventTimeCut(clock, LENGTH, PATIENCE);
    private boolean isEmpty = true;

    @Test
    void theFirstEventOpensTheIntervalAndALaterOneWaits() {
        assertThat(takes("a", 0)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(0));
        assertThat(takes("a", 599)).isTrue();
        assertThat(takes("a", 600)).isFalse();
        assertThat(cut.interval()).isEqualTo(interval(0));
        seal();
        assertThat(takes("a", 600)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(600));
    }

    @Test
    void aLateEventJoinsTheOpenSlice() {
        assertThat(takes("a", 600)).isTrue();
        assertThat(takes("b", 599)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(600));
    }

    @Test
    void aSliceIsCompleteWhenEveryPartitionIsPastItsEnd() {
        takes("a", 0);
        takes("b", 10);
        takes("a", 601);
        assertThat(cut.passed("a", Instant.EPOCH)).isEqualTo(at(601));
        assertThat(cut.isComplete(cut.passed("a", Instant.EPOCH))).isTrue();
        // The other was read up to some time: what happened shortly before may not be seen yet.
        assertThat(cut.isComplete(cut.passed("b", at(601)))).isFalse();
        assertThat(cut.isComplete(cut.passed("b", at(602)))).isTrue();
    }

    @Test
    void whatComesAfterItsIntervalIsCollectedUntilTheNextEnd() {
        set(1_205);
        takes("a", 0);
        assertThat(cut.isComplete(at(1_205))).isFalse();
        set(1_800);
        assertThat(cut.isComplete(at(1_800))).isTrue();
    }

    @Test
    void whatComesAfterItsIntervalDoesNotKeepOthersWaiting() {
        set(1_205);
        takes("a", 0);
        takes("b", 600);
        assertThat(cut.isComplete(at(600))).isTrue();
    }

    @Test
    void nothingIsCompleteBeforeTheFirstEvent() {
        assertThat(cut.isComplete(Instant.MAX)).isFalse();
        assertThat(cut.due()).isEqualTo(Instant.MAX);
    }

    @Test
    void theEarliestThatWaitsDecidesOnTheNextInterval() {
        takes("a", 0);
        takes("a", 2_400);
        takes("b", 1_200);
        seal();
        assertThat(takes("a", 2_400)).isFalse();
        assertThat(takes("b", 1_200)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(1_200));
    }

    @Test
    void whatWaitsForTooLongDoesNotWaitForThoseFarBehind() {
        set(7_200);
        takes("old", 0);
        takes("new", 7_190);
        takes("old", 600);
        seal();
        assertThat(takes("new", 7_190)).isFalse();
        assertThat(takes("old", 600)).isTrue();
        set(7_201);
        takes("old", 1_200);
        seal();

        clock.advance(PATIENCE.minusSeconds(1));
        assertThat(takes("old", 1_200)).isTrue();
        assertThat(takes("new", 7_190)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(7_190));
        // It has waited for long enough.
        assertThat(cut.due()).isEqualTo(clock.instant());
    }

    @Test
    void aSliceIsDueSomeTimeAfterItsFirstEventArrived() {
        set(5);
        takes("a", 0);
        set(9);
        takes("b", 8);
        assertThat(cut.since()).isEqualTo(at(5));
        assertThat(cut.due()).isEqualTo(at(5).plus(PATIENCE));
    }

    @Test
    void waitingCountsFromTheArrival() {
        takes("a", 0);
        set(600);
        takes("a", 600);
        set(602);
        takes("a", 600);
        seal();
        takes("a", 600);
        assertThat(cut.due()).isEqualTo(at(600).plus(PATIENCE));
    }

    @Test
    void aSliceThatIsEmptyAfterAllIsOpenedForAnotherInterval() {
        takes("a", 0);
        isEmpty = true;
        assertThat(takes("a", 600)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(600));
    }

    @Test
    void whoOffersNothingAnyMoreIsNotWaitedFor() {
        takes("a", 0);
        takes("b", 600);
        takes("a", 1_200);
        cut.retain(Set.of("a"));
        seal();
        assertThat(takes("a", 1_200)).isTrue();
        assertThat(cut.interval()).isEqualTo(interval(1_200));
    }

    private boolean takes(String from, long second) {
        boolean isTaken = cut.takes(from, micros(second), clock.instant(), isEmpty);
        isEmpty &= !isTaken;
        return isTaken;
    }

    private void set(long second) {
        clock.advance(Duration.between(clock.instant(), at(second)));
    }

    private void seal() {
        cut.sealed();
        isEmpty = true;
    }

    private static Instant at(long second) {
        return MIDNIGHT.plusSeconds(second);
    }

    private static long micros(long second) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at(second));
    }

    private static EventInterval interval(long second) {
        return EventInterval.around(at(second), LENGTH);
    }
}
