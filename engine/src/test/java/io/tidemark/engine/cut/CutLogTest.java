package io.tidemark.engine.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutLogTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:03Z");

    @Test
    void anHourOfMinutesAndAWeekOfHoursAreKeptHoweverOftenCutsAreThinned() {
        List<Cut> cuts = new ArrayList<>();
        Instant now = START;
        for (long slice = 1; slice <= 10 * 24 * 360; slice++) {
            now = START.plusSeconds(10 * slice);
            cuts.add(cut(slice, now));
            if (slice % 7 == 0) {
                cuts = new ArrayList<>(CutLog.kept(cuts, now));
            }
        }
        cuts = CutLog.kept(cuts, now);
        assertThat(between(cuts, now, Duration.ZERO, Duration.ofMinutes(2))).hasSize(12);
        assertThat(between(cuts, now, Duration.ofMinutes(3), Duration.ofHours(1)))
                .hasSizeBetween(56, 58);
        assertThat(between(cuts, now, Duration.ofHours(2), Duration.ofDays(8)))
                .hasSizeBetween(165, 167)
                .allMatch(cut -> cut.at().atZone(ZoneOffset.UTC).getMinute() == 59);
    }

    @Test
    void theNewestCutStaysWhateverItsAge() {
        List<Cut> cuts = List.of(cut(1, START), cut(2, START.plusSeconds(10)));
        assertThat(CutLog.kept(cuts, START.plus(Duration.ofDays(30))))
                .extracting(Cut::slice)
                .containsExactly(2L);
    }

    private static List<Cut> between(List<Cut> cuts, Instant now, Duration least, Duration below) {
        return cuts.stream()
                .filter(cut -> Duration.between(cut.at(), now).compareTo(least) >= 0)
                .filter(cut -> Duration.between(cut.at(), now).compareTo(below) < 0)
                .toList();
    }

    private static Cut cut(long slice, Instant at) {
        return new Cut(slice, "slice", new Position(slice), at, List.of());
    }
}
