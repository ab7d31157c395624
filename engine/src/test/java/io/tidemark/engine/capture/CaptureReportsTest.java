package io.tidemark.engine.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.report.RoleReports;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CaptureReportsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T08:31:00Z"), ZoneOffset.UTC);
    private static final RowSchema SCHEMA = new RowSchema(
            new TableId("public", "t"),
            List.of(new Column("id", ColumnType.INT64, false, "bigint", 1)),
            List.of("id"),
            BeforeImage.KEY);

    private final InMemoryMetadataStore store = new InMemoryMetadataStore();

    @Test
    void whileASliceIsOpenTheSourceGoesOnWhereItWasTold() {
        reports().write(sink(0), 0, () -> "after the start", CLOCK.instant(), null);
        CaptureReports second = reports();
        assertThat(second.resumeToken(Optional.empty())).contains("after the start");
        assertThat(second.write(sink(1), 0, () -> "with what is open", CLOCK.instant(), null))
                .isEmpty();
        assertThat(reports().resumeToken(Optional.empty())).contains("after the start");
    }

    @Test
    void captureBeginsAnewUntilATokenIsStored() {
        new Documents<>(store, CaptureProgress.class)
                .put(Keys.CAPTURE, CaptureProgress.restartAfter(0, CLOCK.instant()));
        CaptureReports first = reports();
        assertThat(first.resumeToken(Optional.empty())).isEmpty();
        first.write(sink(1), 0, () -> "with what is open", CLOCK.instant(), null);
        assertThat(new Documents<>(store, CaptureProgress.class)
                        .find(Keys.CAPTURE)
                        .orElseThrow()
                        .restart())
                .isTrue();
        assertThat(first.write(sink(0), 0, () -> "begun", CLOCK.instant(), null))
                .contains("begun");
        assertThat(reports().resumeToken(Optional.empty())).contains("begun");
    }

    @Test
    void whatWasShownIsKnownUntilTheNextStreamHasCaughtUp() {
        Instant before = CLOCK.instant().minusSeconds(30);
        Instant open = before.minusSeconds(5);
        Documents<CaptureProgress> documents = new Documents<>(store, CaptureProgress.class);
        documents.put(
                Keys.CAPTURE,
                new CaptureProgress(0, "begun", new Position(1), before, open, 1, 1, before, false, null));
        CaptureReports reports = reports();
        reports.resumeToken(Optional.empty());
        reports.write(sink(0), 0, () -> "going on", Instant.EPOCH, null);
        assertThat(documents.find(Keys.CAPTURE).orElseThrow().shownUpTo()).isEqualTo(open);
        reports.write(sink(0), 0, () -> "going on", CLOCK.instant(), null);
        assertThat(documents.find(Keys.CAPTURE).orElseThrow().shownUpTo()).isEqualTo(CLOCK.instant());
    }

    private CaptureReports reports() {
        return new CaptureReports(store, CLOCK, new RoleReports(store, CLOCK));
    }

    /** A sink that holds rows and has no need of a log yet. */
    private static SliceSink sink(int rows) {
        SliceSink sink = new SliceSink(() -> null, CLOCK, Duration.ofMinutes(1), 1 << 20, row -> {}, null);
        for (int i = 0; i < rows; i++) {
            sink.batch(SCHEMA);
            sink.commit(new Position(i + 1), 0, "");
        }
        return sink;
    }
}
