package io.tidemark.engine.capture;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.signal.Marker;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.UndecodableRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects a change stream into the open slice. Memory is bounded: batches go to the slice's files when they are full, or many. */
final class SliceSink implements ChangeSink, AutoCloseable {
    private static final int BATCH_ROWS = 8_192;
    private static final long BATCH_BYTES = 4L << 20;
    private static final int OPEN_BATCHES_MAX = 64;

    private final Supplier<SliceWriter> writers;
    private final Clock clock;
    private final Duration interval;
    private final long bytesMax;
    private final UndecodableHandler undecodable;
    private final @Nullable EventTimeCut cut;
    private final Map<TableId, ChangeBatch> batches = new HashMap<>();

    private @Nullable ChangeBatch current;
    private @Nullable SliceWriter writer;
    private long rows;
    private long events;
    private boolean sealAsked;
    private Position through = Position.ZERO;
    private String token = "";
    private @Nullable Instant openSince;
    private Instant due = Instant.MAX;

    /** What happens to a row that cannot be decoded. */
    interface UndecodableHandler {
        void handle(UndecodableRow row);
    }

    /**
     * @param writers opens slices
     * @param cut how slices are cut by the times of events; null when they are cut by arrival
     */
    SliceSink(
            Supplier<SliceWriter> writers,
            Clock clock,
            Duration interval,
            long bytesMax,
            UndecodableHandler undecodable,
            @Nullable EventTimeCut cut) {
        this.writers = writers;
        this.clock = clock;
        this.interval = interval;
        this.bytesMax = bytesMax;
        this.undecodable = undecodable;
        this.cut = cut;
    }

    static SliceSink of(Pipeline pipeline, SetAside setAside) {
        return new SliceSink(
                pipeline.sliceLog()::open,
                pipeline.clock(),
                pipeline.config().slices().interval(),
                pipeline.config().slices().bytesMax(),
                setAside::take,
                null);
    }

    /** Whether an event from somewhere may be appended now; see {@link EventTimeCut#takes}. */
    boolean takes(String from, long commitMicros, Instant arrived) {
        return cut == null || cut.takes(from, commitMicros, arrived, rows == 0);
    }

    @Override
    public ChangeBatch batch(RowSchema schema) {
        ChangeBatch batch = current;
        if (batch == null || !isOf(batch, schema)) {
            batch = switchTo(schema);
        } else if (isFull(batch)) {
            flush(batch);
        }
        rows++;
        events++;
        return batch;
    }

    /** Appends events that were put into batches elsewhere; the batch is the caller's again afterwards. */
    void append(ChangeBatch batch) {
        ChangeBatch before = batches.get(batch.schema().table());
        if (before != null) {
            flush(before);
        }
        rows += batch.size();
        events += batch.size();
        if (!batch.isEmpty()) {
            openWriter().append(batch);
        }
    }

    /** What was appended was captured at this time already. */
    void capturedAt(Instant at) {
        if (openSince != null && at.isBefore(openSince)) {
            openSince = at;
        }
    }

    /** Has what is there sealed now. */
    void askSeal() {
        sealAsked = true;
    }

    @Override
    public void commit(Position position, long commitMicros, String resumeToken) {
        through = position;
        token = resumeToken;
        if (rows > 0 && cut != null) {
            openSince = cut.since();
            due = cut.due();
        } else if (rows > 0 && openSince == null) {
            openSince = clock.instant();
            due = nextBoundary(openSince);
        }
    }

    @Override
    public void marker(String content) {
        if (content.equals(Marker.SEAL)) {
            askSeal();
        }
    }

    @Override
    public void undecodable(UndecodableRow row) {
        rows--;
        undecodable.handle(row);
    }

    /** Whether nothing was captured since the last seal. */
    boolean isEmpty() {
        return rows == 0 && !sealAsked;
    }

    /** Whether the open slice is to be sealed now. */
    boolean isDue() {
        if (sealAsked) {
            return true;
        }
        return rows > 0 && (!clock.instant().isBefore(due) || isFull());
    }

    /** Whether the open slice has all events of its interval, when this is how far they are known. */
    boolean isComplete(Instant passed) {
        return rows > 0 && cut != null && cut.isComplete(passed);
    }

    /** Whether the open slice has as many bytes as one may have. */
    boolean isFull() {
        SliceWriter open = writer;
        return open != null && open.bytes() >= bytesMax;
    }

    /** How long the caller may wait for more before the slice is due. */
    Duration untilDue(Duration most) {
        if (rows == 0) {
            return most;
        }
        Duration left = Duration.between(clock.instant(), due);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(most) < 0 ? left : most;
    }

    /** Seals everything captured so far; to be called between transactions. */
    SliceManifest seal(long fence) {
        return seal(fence, token);
    }

    /** The same, where the source goes on elsewhere than the last commit said. */
    SliceManifest seal(long fence, String resumeToken) {
        SliceWriter open = openWriter();
        batches.values().forEach(batch -> flushTo(open, batch));
        SliceManifest sealed = open.seal(through, resumeToken, clock.instant(), fence);
        open.close();
        writer = null;
        batches.clear();
        current = null;
        rows = 0;
        sealAsked = false;
        openSince = null;
        due = Instant.MAX;
        if (cut != null) {
            cut.sealed();
        }
        return sealed;
    }

    Position delivered() {
        return through;
    }

    long openRows() {
        return rows;
    }

    long events() {
        return events;
    }

    @Nullable
    Instant openSince() {
        return openSince;
    }

    /** Drops what was not sealed. */
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }

    private ChangeBatch switchTo(RowSchema schema) {
        ChangeBatch batch = batches.get(schema.table());
        if (batch != null && !isOf(batch, schema)) {
            flush(batch);
            batch = null;
        }
        if (batch == null) {
            if (batches.size() >= OPEN_BATCHES_MAX) {
                batches.values().forEach(this::flush);
                batches.clear();
            }
            batch = new ChangeBatch(schema, 1_024);
            batches.put(schema.table(), batch);
        } else if (isFull(batch)) {
            flush(batch);
        }
        current = batch;
        return batch;
    }

    /** A schema that is another object is another version: comparing all columns for every row would cost more than decoding it. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOf(ChangeBatch batch, RowSchema schema) {
        return batch.schema() == schema;
    }

    private static boolean isFull(ChangeBatch batch) {
        return batch.size() >= BATCH_ROWS || batch.sizedBytes() >= BATCH_BYTES;
    }

    private void flush(ChangeBatch batch) {
        flushTo(openWriter(), batch);
    }

    private static void flushTo(SliceWriter open, ChangeBatch batch) {
        if (!batch.isEmpty()) {
            open.append(batch);
            batch.clear();
        }
    }

    private SliceWriter openWriter() {
        SliceWriter open = writer;
        if (open == null) {
            open = writers.get();
            writer = open;
        }
        return open;
    }

    private Instant nextBoundary(Instant from) {
        long step = interval.toMillis();
        return Instant.ofEpochMilli((from.toEpochMilli() / step + 1) * step);
    }
}
