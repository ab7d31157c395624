package io.tidemark.engine.capture;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFileOutput;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A slice log in memory with the order and conflict rules of the real one. */
final class MemorySlices implements SliceLog {
    private final List<SliceManifest> sealed = new ArrayList<>();
    private final List<List<ChangeBatch>> rows = new ArrayList<>();
    private final Map<String, List<ChangeBatch>> files = new HashMap<>();

    /** Rows of all slices, in order. */
    List<List<ChangeBatch>> rows() {
        return rows;
    }

    @Override
    public Optional<SliceManifest> newest() {
        return sealed.isEmpty() ? Optional.empty() : Optional.of(sealed.get(sealed.size() - 1));
    }

    @Override
    public List<SliceManifest> after(long sequence, int limit) {
        return sealed.stream().skip(sequence).limit(limit).toList();
    }

    @Override
    public Optional<SliceManifest> find(long sequence) {
        return sequence > sealed.size() ? Optional.empty() : Optional.of(sealed.get((int) sequence - 1));
    }

    @Override
    public SliceWriter open(@Nullable EventInterval interval) {
        return new Writer(
                sealed.size() + 1L, newest().map(SliceManifest::through).orElse(Position.ZERO), interval);
    }

    @Override
    public void read(SliceFile file, Consumer<ChangeBatch> consumer) {
        List<ChangeBatch> found = files.get(file.path());
        if (found == null) {
            throw new TidemarkException(ErrorCode.SLICE_CORRUPT, "Cannot read " + file.path() + ": it is missing");
        }
        found.forEach(batch -> consumer.accept(copy(batch)));
    }

    @Override
    public SliceFileOutput output(String path, RowSchema schema) {
        List<ChangeBatch> written = new ArrayList<>();
        return new SliceFileOutput() {
            @Override
            public void append(ChangeBatch batch) {
                written.add(copy(batch));
            }

            @Override
            public SliceFile seal() {
                files.put(path, written);
                long count = written.stream().mapToLong(ChangeBatch::size).sum();
                long newest = written.stream()
                        .flatMapToLong(
                                batch -> LongStream.range(0, batch.size()).map(row -> batch.commitMicros((int) row)))
                        .max()
                        .orElse(0);
                return new SliceFile(
                        path, schema, count, count, 0, 0, 0, 1, "", Position.ZERO, new Position(count), newest);
            }

            @Override
            public void close() {
                // Nothing was made.
            }
        };
    }

    @Override
    public String location(SliceFile file) {
        return file.path();
    }

    @Override
    public long prune(long throughSequence) {
        return 0;
    }

    @Override
    public void close() {
        // In memory.
    }

    private static ChangeBatch copy(ChangeBatch batch) {
        ChangeBatch copy = new ChangeBatch(batch.schema(), Math.max(1, batch.size()));
        for (int row = 0; row < batch.size(); row++) {
            copy.appendFrom(batch, row);
        }
        return copy;
    }

    private final class Writer implements SliceWriter {
        private final long sequence;
        private final List<ChangeBatch> written = new ArrayList<>();
        private final @Nullable EventInterval interval;
        private Position after;
        private long count;

        Writer(long sequence, Position after, @Nullable EventInterval interval) {
            this.sequence = sequence;
            this.interval = interval;
            this.after = after;
        }

        @Override
        public long sequence() {
            return sequence;
        }

        @Override
        public void append(ChangeBatch batch) {
            for (int row = 0; row < batch.size(); row++) {
                if (batch.position(row) <= after.value()) {
                    throw new IllegalStateException("position " + batch.position(row) + " after " + after.value());
                }
                after = new Position(batch.position(row));
            }
            written.add(copy(batch));
            count += batch.size();
        }

        @Override
        public long rows() {
            return count;
        }

        @Override
        public long bytes() {
            return count;
        }

        @Override
        public SliceManifest seal(Position through, String resumeToken, Instant end, long fence) {
            if (sequence != sealed.size() + 1) {
                throw new TidemarkException(ErrorCode.SLICE_CONFLICT, "Cannot seal slice: another capture sealed it");
            }
            Position before = newest().map(SliceManifest::through).orElse(Position.ZERO);
            if (after.isAfter(through) || through.isBefore(before)) {
                throw new IllegalStateException("events from " + before + " to " + after + " through " + through);
            }
            SliceManifest manifest = new SliceManifest(
                    sequence, "", end, end, before, through, resumeToken, fence, 0, "", "", "", List.of(), interval);
            sealed.add(manifest);
            rows.add(written);
            return manifest;
        }

        @Override
        public void close() {
            // Dropped.
        }
    }
}
