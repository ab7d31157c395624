package io.tidemark.engine.status;

import io.tidemark.engine.capture.CaptureProgress;
import io.tidemark.engine.report.RoleReport;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline at a moment.
 *
 * @param pipeline name
 * @param at when this was read
 * @param capture what capture says; empty before it ever ran
 * @param source what the source keeps; empty when it was not asked or did not answer
 * @param sourceError why the source did not answer; empty when it did or was not asked
 * @param newestSlice newest sealed slice
 * @param newestCut newest cut
 * @param tables tables, ordered by name, dropped ones left out
 * @param roleErrors roles that failed and have not recovered
 */
public record PipelineStatus(
        String pipeline,
        Instant at,
        Optional<CaptureStatus> capture,
        Optional<SourceStatus> source,
        String sourceError,
        Optional<SliceStatus> newestSlice,
        Optional<CutStatus> newestCut,
        List<TableStatus> tables,
        List<RoleReport> roleErrors) {
    public PipelineStatus {
        tables = List.copyOf(tables);
        roleErrors = List.copyOf(roleErrors);
    }

    /** The greatest freshness of the tables that are being applied; empty when there is none. */
    public Optional<Duration> freshness() {
        return tables.stream().flatMap(table -> table.freshness().stream()).max(Duration::compareTo);
    }

    /**
     * Capture.
     *
     * @param running whether a process captures now
     * @param position newest transaction read
     * @param caughtUpAt newest time at which the source had nothing more to send
     * @param openRows events captured but not sealed
     * @param events events captured since this capture began
     * @param reportedAt when capture said so
     * @param partitions how the partitions of the source are read; empty when it has none
     */
    public record CaptureStatus(
            boolean running,
            String position,
            Instant caughtUpAt,
            long openRows,
            long events,
            Instant reportedAt,
            Optional<CaptureProgress.Partitions> partitions) {}

    /**
     * A slice.
     *
     * @param sequence number
     * @param name interval
     * @param rows events in it
     * @param bytes bytes of its files
     */
    public record SliceStatus(long sequence, String name, long rows, long bytes) {}

    /**
     * A cut.
     *
     * @param slice the slice that all mirrors have applied
     * @param position position
     * @param at time that the mirrors show
     */
    public record CutStatus(long slice, String position, Instant at) {}

    /**
     * A table.
     *
     * @param table name
     * @param state life cycle
     * @param since when the state was entered
     * @param rows rows of the mirror; empty when not asked for or not loaded
     * @param events events applied since the load
     * @param slicesBehind sealed slices not yet applied
     * @param freshness now minus the time that the mirror shows; empty unless slices are applied
     * @param load how far the load is, while there is one
     * @param code code of the failure, empty without one
     * @param reason why it failed
     * @param remedy what to do
     * @param notices what a user should know
     * @param deadLetters rows that were set aside because a value does not fit, and were not read again since
     */
    public record TableStatus(
            TableId table,
            TableState state,
            Instant since,
            Optional<Long> rows,
            long events,
            long slicesBehind,
            Optional<Duration> freshness,
            Optional<LoadStatus> load,
            String code,
            String reason,
            String remedy,
            List<String> notices,
            long deadLetters) {}

    /**
     * A load.
     *
     * @param chunks chunks in all
     * @param chunksDone chunks finished
     * @param rows rows read by this run
     * @param estimatedRows rows that the source estimates, -1 when unknown
     * @param startedAt start of this run
     */
    public record LoadStatus(int chunks, int chunksDone, long rows, long estimatedRows, Instant startedAt) {}
}
