package io.tidemark.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0       | 0 ms
            999     | 999 ms
            1000    | 1.0 s
            9949    | 9.9 s
            9950    | 10 s
            59499   | 59 s
            59500   | 1 min
            200000  | 3 min 20 s
            3599600 | 1 h
            7500000 | 2 h 5 min
            86400000 | 1 d
            273600000 | 3 d 4 h
            -1500   | -1.5 s
            """)
    void writesDurationsWithTwoUnitsAtMost(long millis, String expected) {
        assertThat(Human.duration(Duration.ofMillis(millis))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                   | 0 B
            1023                | 1023 B
            1024                | 1.0 KiB
            1572864             | 1.5 MiB
            9223372036854775807 | 8.0 EiB
            """)
    void writesSizes(long bytes, String expected) {
        assertThat(Human.size(bytes)).isEqualTo(expected);
    }

    @Test
    void writesCountsAndRates() {
        assertThat(Human.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Human.count(1, "row")).isEqualTo("1 row");
        assertThat(Human.count(0, "row")).isEqualTo("0 rows");
        assertThat(Human.rate(0)).isEqualTo("0/s");
        assertThat(Human.rate(0.46)).isEqualTo("0.5/s");
        assertThat(Human.rate(12_345.6)).isEqualTo("12,346/s");
    }

    @Test
    void neverRoundsUpToEverything() {
        assertThat(Human.percent(999, 1000)).isEqualTo("99%");
        assertThat(Human.percent(1000, 1000)).isEqualTo("100%");
        assertThat(Human.percent(0, 1000)).isEqualTo("0%");
        assertThat(Human.percent(0, 0)).isEmpty();
    }

    @Test
    void toleratesClocksThatDiffer() {
        Instant now = Instant.parse("2026-11-20T08:31:10Z");
        assertThat(Human.ago(now.minusSeconds(3), now)).isEqualTo("3.0 s ago");
        assertThat(Human.ago(now.plusSeconds(3), now)).isEqualTo("now");
        assertThat(Human.time(now.plusMillis(5))).isEqualTo("2026-11-20 08:31:10Z");
    }
}
