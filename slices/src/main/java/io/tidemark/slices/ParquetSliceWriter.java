package io.tidemark.slices;

import io.tidemark.parquet.DictionaryMemory;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open slice: one file per table and schema version, in a folder of its own. Memory is bounded over all tables: when their encoded rows pass
 * the limit, the table that holds most writes a row group.
 */
final class ParquetSliceWriter implements SliceWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ParquetSliceWriter.class);

    private final ObjectStore storage;
    private final SliceIndex index;
    private final SliceStart start;
    private final SliceLimits limits;
    private final SliceFormat format;
    private final ConcurrentMap<TableId, DictionaryMemory> memories;
    private final Consumer<SliceManifest> onSealed;
    private final ParquetWriteOptions options;
    private final EventColumns events = new EventColumns();
    private final Map<TableId, SliceFileWriter> open = new HashMap<>();
    private final Map<String, Integer> namesUsed = new HashMap<>();
    private final List<SliceFile> sealed = new ArrayList<>();
    private long rows;
    private long sealedBytes;
    private long bufferedBytes;
    private boolean isPointedTo;
    private State state = State.OPEN;

    /**
     * @param memories what earlier slices have shown about the tables; extended here
     * @param onSealed told of the slice when it is sealed
     */
    ParquetSliceWriter(
            ObjectStore storage,
            SliceIndex index,
            SliceStart start,
            SliceLimits limits,
            SliceFormat format,
            ConcurrentMap<TableId, DictionaryMemory> memories,
            Consumer<SliceManifest> onSealed) {
        this.format = format;
        this.memories = memories;
        this.onSealed = onSealed;
        this.storage = storage;
        this.index = index;
        this.start = start;
        this.limits = limits;
        this.options = ParquetSliceFile.options(limits);
    }

    @Override
    public long sequence() {
        return start.sequence();
    }

    @Override
    public void append(ChangeBatch batch) {
        require(State.OPEN);
        if (batch.isEmpty()) {
            return;
        }
        state = State.FAILED;
        requireOrder(batch, start.after().value());
        try {
            SliceFileWriter file = fileFor(batch);
            events.fill(batch);
            bufferedBytes -= file.bufferedBytes();
            file.append(batch, events);
            bufferedBytes += file.bufferedBytes();
            rows += batch.size();
            boundMemory();
        } catch (IOException e) {
            throw StorageErrors.of("Cannot write slice " + start.sequence(), e);
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VALUE,
                    "Cannot write slice " + start.sequence() + ": " + e.getMessage() + " (table="
                            + batch.schema().table() + ")",
                    e);
        }
        state = State.OPEN;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long bytes() {
        long bytes = sealedBytes;
        for (SliceFileWriter file : open.values()) {
            bytes += file.bytes();
        }
        return bytes;
    }

    @Override
    public SliceManifest seal(Position through, String resumeToken, Instant end, long fence) {
        require(State.OPEN);
        state = State.FAILED;
        SliceManifest draft = draft(through, resumeToken, end, fence);
        // From here on a failure may leave a manifest that someone seals, so nothing is deleted.
        state = State.SEALED;
        SliceManifest manifest;
        try {
            manifest = SliceManifests.write(storage, start.pipeline(), draft);
        } catch (IOException e) {
            throw StorageErrors.of("Cannot seal slice " + start.sequence(), e);
        }
        if (!index.seal(manifest)) {
            state = State.FAILED;
            throw new TidemarkException(
                    ErrorCode.SLICE_CONFLICT,
                    "Cannot seal slice: another capture sealed this sequence (pipeline=" + start.pipeline()
                            + ", sequence=" + start.sequence() + ")");
        }
        index.hint(start.sequence());
        onSealed.accept(manifest);
        LOG.debug(
                "Sealed slice sequence={} rows={} bytes={} files={}",
                sequence(),
                rows,
                manifest.bytes(),
                sealed.size());
        return manifest;
    }

    /** Gives the open files up and deletes the finished ones of a slice that certainly was not sealed. */
    @Override
    public void close() {
        if (state == State.SEALED || state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        open.values().forEach(SliceFileWriter::close);
        open.clear();
        List<String> paths = new ArrayList<>();
        paths.add(start.folder() + SliceNames.MANIFEST);
        sealed.forEach(file -> paths.add(file.path()));
        boolean isEmptied = true;
        for (String path : paths) {
            isEmptied &= delete(path);
        }
        // What tells of the folder stays with what is left in it.
        if (isPointedTo && isEmptied) {
            delete(start.pointer());
        }
    }

    private boolean delete(String path) {
        try {
            storage.delete(path);
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "Left a file of an abandoned slice sequence={} path={} reason={}",
                    sequence(),
                    path,
                    e.getMessage());
            return false;
        }
    }

    /** An attempt that lies in the folder of an interval is found by what tells of it, so that comes first. */
    private void pointTo() throws IOException {
        if (!start.pointer().isEmpty() && !isPointedTo) {
            storage.create(start.pointer()).close();
            isPointedTo = true;
        }
    }

    private SliceManifest draft(Position through, String resumeToken, Instant end, long fence) {
        if (through.isBefore(start.after())) {
            throw outOfOrder("it would end before it begins", through.value());
        }
        try {
            pointTo();
            List<SliceFileWriter> files = List.copyOf(open.values());
            bufferedBytes = 0;
            FileSealing.sealAll(files, done -> {
                open.remove(done.schema().table());
                add(done);
            });
        } catch (IOException e) {
            throw StorageErrors.of("Cannot seal slice " + start.sequence(), e);
        }
        long newestCommitMicros = 0;
        long sum = 0;
        for (SliceFile file : sealed) {
            if (file.last().isAfter(through)) {
                throw outOfOrder("an event lies after its end", file.last().value());
            }
            newestCommitMicros =
                    sum == 0 ? file.newestCommitMicros() : Math.max(newestCommitMicros, file.newestCommitMicros());
            sum += file.rows();
        }
        if (sum != rows) {
            throw new TidemarkException(
                    ErrorCode.INTERNAL,
                    "Cannot seal slice: its files do not hold the rows that were appended (appended=" + rows
                            + ", written=" + sum + ")");
        }
        // A stable sort: files of one table keep the order in which they were written.
        sealed.sort(Comparator.comparing(file -> file.schema().table()));
        Instant sealedAt = end.isBefore(start.start()) ? start.start() : end.truncatedTo(ChronoUnit.MILLIS);
        return new SliceManifest(
                start.sequence(),
                SliceNames.slice(start.start(), sealedAt),
                start.start(),
                sealedAt,
                start.after(),
                through,
                resumeToken,
                fence,
                newestCommitMicros,
                start.previousChecksum(),
                start.folder() + SliceNames.MANIFEST,
                "",
                sealed,
                start.interval());
    }

    private SliceFileWriter fileFor(ChangeBatch batch) throws IOException {
        TableId table = batch.schema().table();
        SliceFileWriter file = open.get(table);
        if (file != null) {
            if (Long.compareUnsigned(batch.position(0), file.lastPosition()) < 0) {
                throw outOfOrder("an event lies before the last one of its table", batch.position(0));
            }
            if (file.schema().equals(batch.schema())) {
                return file;
            }
            sealFile(file);
        }
        pointTo();
        DictionaryMemory memory = memories.computeIfAbsent(table, key -> new DictionaryMemory());
        file = new SliceFileWriter(storage, start.folder() + nextName(table), batch.schema(), options, memory);
        open.put(table, file);
        return file;
    }

    private String nextName(TableId table) {
        String name = SliceNames.file(table);
        int number = namesUsed.merge(SliceNames.caseless(name), 1, Integer::sum);
        return (number == 1 ? name : name + "." + number) + format.ending();
    }

    private void sealFile(SliceFileWriter file) throws IOException {
        bufferedBytes -= file.bufferedBytes();
        SliceFile done = file.seal();
        open.remove(file.schema().table());
        add(done);
    }

    private void add(SliceFile done) {
        sealed.add(done);
        sealedBytes += done.bytes();
    }

    /** Encoded rows of all tables that wait in memory. */
    long bufferedBytes() {
        return bufferedBytes;
    }

    private void boundMemory() throws IOException {
        while (bufferedBytes > limits.bufferBytes()) {
            SliceFileWriter largest = open.values().stream()
                    .max(Comparator.comparingLong(SliceFileWriter::bufferedBytes))
                    .orElseThrow();
            bufferedBytes -= largest.bufferedBytes();
            largest.flush();
        }
    }

    private void requireOrder(ChangeBatch batch, long after) {
        long previous = after;
        for (int row = 0; row < batch.size(); row++) {
            long position = batch.position(row);
            int order = Long.compareUnsigned(position, previous);
            if (order < 0 || (row == 0 && order == 0)) {
                throw outOfOrder("events are not in commit order after its beginning", position);
            }
            previous = position;
        }
    }

    private TidemarkException outOfOrder(String reason, long position) {
        return new TidemarkException(
                ErrorCode.INTERNAL,
                "Cannot write slice: " + reason + " (sequence=" + start.sequence() + ", after=" + start.after()
                        + ", position=" + new Position(position) + ")");
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException("Cannot use slice " + start.sequence() + ": it is " + state);
        }
    }

    private enum State {
        OPEN,
        /** Certainly not sealed. */
        FAILED,
        /** Sealed, or perhaps sealed. */
        SEALED,
        CLOSED
    }

    /**
     * The folder's path, and what the slice continues.
     *
     * @param pointer path of the object that tells of the folder; empty when that lies in the folder of its day
     */
    record SliceStart(
            String pipeline,
            long sequence,
            String folder,
            String pointer,
            Instant start,
            Position after,
            String previousChecksum,
            @Nullable EventInterval interval) {
        static SliceStart after(
                String pipeline,
                Optional<SliceManifest> newest,
                Instant now,
                String attempt,
                @Nullable EventInterval interval) {
            long sequence = newest.map(SliceManifest::sequence).orElse(0L) + 1;
            Instant start = newest.map(SliceManifest::end).orElse(now.truncatedTo(ChronoUnit.MILLIS));
            String folder = SliceNames.folder(pipeline, sequence, start, attempt);
            String name = interval == null ? "" : SliceNames.interval(interval);
            return new SliceStart(
                    pipeline,
                    sequence,
                    interval == null ? folder : SliceNames.in(pipeline, name, folder),
                    interval == null ? "" : SliceNames.pointer(folder, name),
                    start,
                    newest.map(SliceManifest::through).orElse(Position.ZERO),
                    newest.map(SliceManifest::checksum).orElse(""),
                    interval);
        }
    }
}
