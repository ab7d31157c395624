package io.tidemark.slices;

import io.tidemark.parquet.DictionaryMemory;
import io.tidemark.slices.ParquetSliceWriter.SliceStart;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFileOutput;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The slice log of a pipeline: files, Parquet ones unless another format is asked for, and manifests in the storage, sealed sequences in the metadata store. */
final class ParquetSliceLog implements SliceLog {
    private final String pipeline;
    private final ObjectStore storage;
    private final SliceIndex index;
    private final Clock clock;
    private final Supplier<String> attempts;
    private final SliceLimits limits;
    private final SliceFormat format;
    private final ConcurrentMap<TableId, DictionaryMemory> memories = new ConcurrentHashMap<>();
    private final ManifestCache cache = new ManifestCache();
    private final AtomicLong newestKnown = new AtomicLong();
    private volatile @Nullable SliceIndexRebuild pending;

    /**
     * @param attempts makes the part of a folder's name that no other writer uses
     * @param format of the files of slices to come
     */
    ParquetSliceLog(
            String pipeline,
            ObjectStore storage,
            MetadataStore metastore,
            Clock clock,
            Supplier<String> attempts,
            SliceLimits limits,
            SliceFormat format) {
        this.pipeline = pipeline;
        this.storage = storage;
        this.index = new SliceIndex(metastore);
        this.clock = clock;
        this.attempts = attempts;
        this.limits = limits;
        this.format = format;
    }

    /** Has the index follow the storage before it is used first: the storage was away when the log was opened. */
    void catchUpLater(SliceIndexRebuild rebuild) {
        pending = rebuild;
    }

    /** That several threads do it at the same time does no harm. */
    private void catchUp() {
        SliceIndexRebuild rebuild = pending;
        if (rebuild != null) {
            rebuild.catchUp();
            pending = null;
        }
    }

    @Override
    public Optional<SliceManifest> newest() {
        catchUp();
        long sequence = index.newestSequence(newestKnown.get());
        newestKnown.accumulateAndGet(sequence, Math::max);
        return sequence == 0 ? Optional.empty() : load(sequence);
    }

    @Override
    public List<SliceManifest> after(long sequence, int limit) {
        catchUp();
        List<SliceManifest> found = new ArrayList<>();
        long next = Math.max(sequence + 1, index.oldest());
        while (found.size() < limit) {
            Optional<SliceManifest> manifest = load(next);
            if (manifest.isEmpty()) {
                long oldest = index.oldest();
                if (oldest <= next) {
                    index.requireEndAt(next);
                    break;
                }
                // Pruned meanwhile.
                next = oldest;
                continue;
            }
            found.add(manifest.orElseThrow());
            next++;
        }
        return List.copyOf(found);
    }

    @Override
    public Optional<SliceManifest> find(long sequence) {
        catchUp();
        return sequence < index.oldest() ? Optional.empty() : load(sequence);
    }

    @Override
    public SliceWriter open(@Nullable EventInterval interval) {
        SliceStart start = SliceStart.after(pipeline, newest(), clock.instant(), attempts.get(), interval);
        return new ParquetSliceWriter(storage, index, start, limits, format, memories, manifest -> {
            cache.add(manifest);
            newestKnown.accumulateAndGet(manifest.sequence(), Math::max);
        });
    }

    @Override
    public void read(SliceFile file, Consumer<ChangeBatch> consumer) {
        SliceFileReader.read(storage, file, consumer);
    }

    @Override
    public SliceFileOutput output(String path, RowSchema schema) {
        return new ParquetSliceFile(storage, path, schema, limits);
    }

    @Override
    public String location(SliceFile file) {
        String root = storage.root();
        return root.endsWith("/") ? root + file.path() : root + "/" + file.path();
    }

    /** Keeps the newest slice in any case: the next one continues it. */
    @Override
    public long prune(long throughSequence) {
        catchUp();
        long through = Math.min(throughSequence, index.newestSequence(newestKnown.get()) - 1);
        if (through >= index.oldest()) {
            index.keepFrom(through + 1);
        }
        // A prune that was cut short left the entries just below the oldest kept one; they go with this one.
        long last = index.oldest() - 1;
        long first = last + 1;
        while (first > 1 && index.find(first - 1).isPresent()) {
            first--;
        }
        for (long sequence = first; sequence <= last; sequence++) {
            pruneOne(sequence);
        }
        return last - first + 1;
    }

    @Override
    public void close() {
        // Storage and metadata store belong to who opened them.
    }

    /**
     * Deletes files first and the entry last: the entry is what a prune that was cut short finds the rest by. All attempts at the sequence go with
     * it, for none of them can be sealed any more.
     */
    private void pruneOne(long sequence) {
        Optional<SliceIndex.Sealed> entry = index.find(sequence);
        if (entry.isEmpty()) {
            return;
        }
        try {
            String manifest = entry.orElseThrow().manifestPath();
            storage.delete(manifest);
            for (String path : storage.list(SliceNames.attemptsPrefix(pipeline, manifest))) {
                Optional<String> elsewhere = SliceNames.pointedTo(pipeline, path);
                if (elsewhere.isPresent()) {
                    storage.deleteAll(elsewhere.orElseThrow());
                }
                storage.delete(path);
            }
        } catch (IOException e) {
            throw StorageErrors.of("Cannot prune slice " + sequence, e);
        }
        index.forget(sequence);
    }

    private Optional<SliceManifest> load(long sequence) {
        Optional<SliceIndex.Sealed> entry = index.find(sequence);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        Optional<SliceManifest> cached = cache.find(entry.orElseThrow().checksum());
        if (cached.isPresent()) {
            return cached;
        }
        SliceManifest manifest = SliceManifests.read(
                storage, entry.orElseThrow().manifestPath(), entry.orElseThrow().checksum());
        if (manifest.sequence() != sequence) {
            throw StorageErrors.corrupt(
                    manifest.path(),
                    "the manifest is of another slice (expected=" + sequence + ", found=" + manifest.sequence() + ")");
        }
        cache.add(manifest);
        return Optional.of(manifest);
    }
}
