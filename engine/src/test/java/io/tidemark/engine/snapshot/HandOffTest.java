package io.tidemark.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slices of a minute with ten events each. */
class HandOffTest {
    private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
    private static final int NEWEST = 100;

    @ParameterizedTest
    @CsvSource({
        // Ten minutes of margin: of 08:30:00, slice 20 is the last one that was sealed by 08:20:00.
        "08:30:00, 20, 201",
        "08:29:59.999, 19, 191",
        "08:10:59, 0, 1",
        "08:00:00, 0, 1",
        "09:50:00, 100, 1001",
        "23:00:00, 100, 1001",
    })
    void slicesThatCanHoldLaterEventsApply(String time, long afterSlice, long cutoff) {
        assertThat(HandOff.asOf(slice(1), NEWEST, HandOffTest::kept, Instant.parse("2026-11-20T" + time + "Z")))
                .isEqualTo(new HandOff(afterSlice, new Position(cutoff)));
    }

    @Test
    void prunedSlicesAreMissedOnlyWhenTheyAreNeeded() {
        SliceManifest oldest = slice(21);
        assertThat(HandOff.asOf(oldest, NEWEST, HandOffTest::keptFrom21, START.plus(Duration.ofMinutes(30))))
                .isEqualTo(new HandOff(20, new Position(201)));
        assertThatThrownBy(
                        () -> HandOff.asOf(oldest, NEWEST, HandOffTest::keptFrom21, START.plus(Duration.ofMinutes(29))))
                .hasFieldOrPropertyWithValue("code", ErrorCode.LIMIT_EXCEEDED)
                .hasMessage("Cannot go on from 2026-11-20T08:29:00Z: slices with later changes were pruned"
                        + " (kept-from=2026-11-20T08:20:00Z)");
    }

    private static Optional<SliceManifest> kept(long sequence) {
        return sequence < 1 || sequence > NEWEST ? Optional.empty() : Optional.of(slice(sequence));
    }

    private static Optional<SliceManifest> keptFrom21(long sequence) {
        return kept(sequence).filter(slice -> slice.sequence() > 20);
    }

    private static SliceManifest slice(long sequence) {
        Instant end = START.plus(Duration.ofMinutes(sequence));
        return new SliceManifest(
                sequence,
                "",
                end.minus(Duration.ofMinutes(1)),
                end,
                new Position(sequence * 10 - 10),
                new Position(sequence * 10),
                "",
                1,
                0,
                "",
                "",
                "",
                List.of(),
                null);
    }
}
