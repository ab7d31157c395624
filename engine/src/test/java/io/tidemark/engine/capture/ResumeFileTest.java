package io.tidemark.engine.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.capture.ResumeFile.Moment;
import io.tidemark.engine.capture.ResumeFile.Resume;
import io.tidemark.testkit.clock.MutableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ResumeFileTest {
    private final MemoryObjects lake = new MemoryObjects();
    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-29T12:00:00Z"));
    private final ResumeFile file = new ResumeFile(lake, "p", clock);

    @Test
    void theSourceIsToldOnlyWhatTheLakeHolds() {
        assertThat(file.find()).isEmpty();
        assertThat(file.keep(3, "0/10", Moment.UNDER_WAY)).isTrue();
        assertThat(file.find()).contains(new Resume(3, "0/10", -1));
        assertThat(file.keep(3, "0/20", Moment.UNDER_WAY)).as("too soon").isFalse();
        assertThat(file.find()).contains(new Resume(3, "0/10", -1));
        assertThat(file.keep(3, "0/10", Moment.UNDER_WAY)).as("it is there").isTrue();
        clock.advance(Duration.ofSeconds(30));
        assertThat(file.keep(3, "0/30", Moment.UNDER_WAY)).isTrue();
        assertThat(file.keep(4, "0/40", Moment.AT_THE_END)).isTrue();
        assertThat(file.find()).contains(new Resume(4, "0/40", -1));
    }

    @Test
    void aSliceIsAsGoodAsAFile() {
        file.sealed();
        assertThat(file.keep(1, "0/10", Moment.UNDER_WAY)).isFalse();
        clock.advance(Duration.ofSeconds(30));
        assertThat(file.keep(1, "0/10", Moment.UNDER_WAY)).isTrue();
    }

    @Test
    void aGapIsNeverForgotten() {
        file.noteGap(7);
        assertThat(file.find()).contains(new Resume(7, "", 7));
        ResumeFile next = new ResumeFile(lake, "p", clock);
        next.begin();
        assertThat(next.keep(9, "0/90", Moment.AT_THE_END)).isTrue();
        file.begin();
        assertThat(file.keep(9, "0/91", Moment.AT_THE_END)).isTrue();
        assertThat(file.find()).contains(new Resume(9, "0/91", 7));
    }
}
