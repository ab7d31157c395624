package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.spi.slice.EventInterval;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceNamesTest {
    private static final String FOLDER = "slices/my-2Dshop/2026-11-20/000000000042_2026-11-20T08.31.00.000Z_k3f9qd/";

    @ParameterizedTest
    @CsvSource({
        "2023-07-01T00:09:59.999Z, PT10M, 2023-07-01-00-00",
        "2023-07-01T00:10:00Z, PT10M, 2023-07-01-00-10",
        "2023-07-01T23:59:59Z, PT1H, 2023-07-01-23-00",
        "2023-07-01T00:00:09Z, PT10S, 2023-07-01-00-00-00",
        "2023-07-01T00:01:40Z, PT90S, 2023-07-01-00-01-30",
        "2023-07-01T00:00:02Z, PT1.5S, 2023-07-01-00-00-01-500",
        "1969-12-31T23:59:59.999Z, PT1M, 1969-12-31-23-59"
    })
    void anIntervalIsNamedByItsStart(Instant time, Duration length, String name) {
        EventInterval interval = EventInterval.around(time, length);
        assertThat(SliceNames.interval(interval)).isEqualTo(name);
        assertThat(Duration.between(interval.start(), interval.end())).isEqualTo(length);
        assertThat(time).isBetween(interval.start(), interval.end().minusNanos(1));
    }

    @Test
    void anIntervalHoldsTime() {
        assertThatIllegalArgumentException().isThrownBy(() -> new EventInterval(Instant.EPOCH, Instant.EPOCH));
    }

    @Test
    void theFolderOfAnIntervalIsPointedToFromThatOfTheDay() {
        String path = SliceNames.pointer(FOLDER, "2023-07-01-00-00");
        assertThat(SliceNames.pointedTo("my-shop", path))
                .contains("slices/my-2Dshop/2023-07-01-00-00/000000000042_2026-11-20T08.31.00.000Z_k3f9qd/");
        assertThat(SliceNames.pointedTo("my-shop", FOLDER + "public.a.parquet")).isEmpty();
        assertThat(SliceNames.pointedTo("my-shop", FOLDER + SliceNames.MANIFEST))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2026-11-20", "2023-07-01-00-00"})
    void allAttemptsAtASliceAreFoundFromTheManifestOfAny(String folder) {
        String manifest = "slices/my-2Dshop/" + folder + "/000000000042_2026-11-20T08.31.00.000Z_k3f9qd/manifest.json";
        assertThat(SliceNames.attemptsPrefix("my-shop", manifest))
                .isEqualTo("slices/my-2Dshop/2026-11-20/000000000042_");
        assertThat(SliceNames.sequenceOf(manifest)).hasValue(42);
    }
}
