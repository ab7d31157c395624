package io.tidemark.cli.view;

import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.PipelineStatus.TableStatus;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.engine.status.StatusReader.Detail;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceStatus;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Status to be asked for often: what costs more than a look into the metadata store is read every few seconds and remembered. */
public final class StatusFeed implements Supplier<PipelineStatus> {
    private static final Duration DETAILS = Duration.ofSeconds(3);

    private final StatusReader reader;
    private final Map<TableId, Long> rows = new HashMap<>();
    private Optional<SourceStatus> source = Optional.empty();
    private String sourceError = "";
    private long nextDetailsNanos = System.nanoTime();

    public StatusFeed(StatusReader reader) {
        this.reader = reader;
    }

    @Override
    public PipelineStatus get() {
        if (System.nanoTime() - nextDetailsNanos >= 0) {
            PipelineStatus whole = reader.read();
            whole.tables().forEach(table -> table.rows().ifPresent(count -> rows.put(table.table(), count)));
            source = whole.source();
            sourceError = whole.sourceError();
            nextDetailsNanos = System.nanoTime() + DETAILS.toNanos();
            return whole;
        }
        PipelineStatus quick = reader.read(EnumSet.noneOf(Detail.class));
        return new PipelineStatus(
                quick.pipeline(),
                quick.at(),
                quick.capture(),
                source,
                sourceError,
                quick.newestSlice(),
                quick.newestCut(),
                quick.tables().stream().map(this::withRows).toList(),
                quick.roleErrors());
    }

    private TableStatus withRows(TableStatus table) {
        return new TableStatus(
                table.table(),
                table.state(),
                table.since(),
                Optional.ofNullable(rows.get(table.table())),
                table.events(),
                table.slicesBehind(),
                table.freshness(),
                table.load(),
                table.code(),
                table.reason(),
                table.remedy(),
                table.notices(),
                table.deadLetters());
    }
}
