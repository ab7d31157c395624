package io.tidemark.cli.view;

import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.PipelineStatus.CaptureStatus;
import io.tidemark.engine.status.PipelineStatus.CutStatus;
import io.tidemark.engine.status.PipelineStatus.LoadStatus;
import io.tidemark.engine.status.PipelineStatus.SliceStatus;
import io.tidemark.engine.status.PipelineStatus.TableStatus;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Made-up statuses. */
final class StatusFixture {
    static final Instant NOW = Instant.parse("2026-11-20T08:31:10Z");

    private StatusFixture() {}

    static PipelineStatus empty() {
        return new PipelineStatus(
                "bank",
                NOW,
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    static PipelineStatus running(Instant at, long events, TableStatus... tables) {
        return new PipelineStatus(
                "bank",
                at,
                Optional.of(new CaptureStatus(
                        true, "0/1A", at.minusMillis(300), 42, events, at.minusMillis(100), Optional.empty())),
                Optional.of(new SourceStatus(new Position(0x1_0000_0000L), Position.ZERO, 5L << 20, true, true)),
                "",
                Optional.of(new SliceStatus(7, "a-to-b", 1_000, 2_048)),
                Optional.of(new CutStatus(7, "0/19", at.minusSeconds(2))),
                List.of(tables),
                List.of(new RoleReport("capture", "SOURCE_UNREACHABLE", "Cannot connect", "Is it up?", at)));
    }

    static TableStatus live(String name) {
        return table(name, TableState.LIVE, Optional.of(Duration.ofMillis(1_234)), Optional.empty(), "");
    }

    static TableStatus failed(String name) {
        return table(name, TableState.FAILED, Optional.empty(), Optional.empty(), "SOURCE_VALUE");
    }

    static TableStatus loading(String name, long rows) {
        LoadStatus load = new LoadStatus(4, 1, rows, 4_000, NOW.minusSeconds(2));
        return table(name, TableState.LOADING, Optional.empty(), Optional.of(load), "");
    }

    private static TableStatus table(
            String name, TableState state, Optional<Duration> freshness, Optional<LoadStatus> load, String code) {
        return new TableStatus(
                new TableId("public", name),
                state,
                NOW,
                Optional.of(1_000_000L),
                12_345,
                0,
                freshness,
                load,
                code,
                code.isEmpty() ? "" : "Cannot carry column amount",
                code.isEmpty() ? "" : "Map it to string.",
                List.of(),
                0);
    }
}
