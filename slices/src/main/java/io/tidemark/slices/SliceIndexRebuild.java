package io.tidemark.slices;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recreates index entries from the manifests in the storage. The manifests form a chain, each naming the checksum of the one before, so the newest
 * one tells which attempt at every earlier sequence was sealed. At the end of the chain an attempt that was written whole but not recorded may
 * take part too: its events are complete, and nothing after it was acknowledged, so sealing it is what its writer was about to do. Of several such
 * attempts the one that reaches furthest holds what the others hold.
 */
public final class SliceIndexRebuild {
    private static final Logger LOG = LoggerFactory.getLogger(SliceIndexRebuild.class);

    private final String pipeline;
    private final ObjectStore storage;
    private final SliceIndex index;

    public SliceIndexRebuild(String pipeline, ObjectStore storage, MetadataStore metastore) {
        this.pipeline = pipeline;
        this.storage = storage;
        this.index = new SliceIndex(metastore);
    }

    /**
     * Walks all manifests of the pipeline and records those that the index lacks.
     *
     * @return how many were recorded
     * @throws TidemarkException {@code SLICE_CORRUPT} when the chain is broken, or the index names another manifest than the chain
     */
    public long rebuild() {
        NavigableMap<Long, List<String>> attempts = attempts();
        if (attempts.isEmpty()) {
            return 0;
        }
        Deque<SliceManifest> chain = chain(attempts);
        long recorded = 0;
        long oldest = chain.getFirst().sequence();
        if (oldest > index.oldest()) {
            index.keepFrom(oldest);
        }
        for (SliceManifest manifest : chain) {
            if (index.find(manifest.sequence()).isEmpty()) {
                recorded++;
            }
            record(manifest);
        }
        if (recorded > 0) {
            LOG.info("Rebuilt slice index pipeline={} recorded={} slices={}", pipeline, recorded, chain.size());
        }
        return recorded;
    }

    /** Brings the index up to the storage when a log is opened: all of it when the index is empty, else what follows its newest entry. */
    void catchUp() {
        if (index.isEmpty()) {
            rebuild();
            return;
        }
        long newest = index.newestSequence(0);
        if (newest == 0) {
            rebuild();
            return;
        }
        Optional<SliceIndex.Sealed> found = index.find(newest);
        if (found.isEmpty()) {
            // Slices went on, and this one was pruned meanwhile.
            return;
        }
        SliceIndex.Sealed entry = found.orElseThrow();
        SliceManifest manifest = SliceManifests.read(storage, entry.manifestPath(), entry.checksum());
        for (Optional<SliceManifest> next = following(manifest);
                next.isPresent();
                next = following(next.orElseThrow())) {
            record(next.orElseThrow());
        }
    }

    private Optional<SliceManifest> following(SliceManifest manifest) {
        long sequence = manifest.sequence() + 1;
        Optional<SliceIndex.Sealed> entry = index.find(sequence);
        if (entry.isPresent()) {
            return Optional.of(SliceManifests.read(
                    storage,
                    entry.orElseThrow().manifestPath(),
                    entry.orElseThrow().checksum()));
        }
        return furthest(manifestsOf(sequence, manifest.end()), manifest.checksum());
    }

    private void record(SliceManifest manifest) {
        if (!index.seal(manifest)) {
            throw StorageErrors.corrupt(
                    manifest.path(),
                    "the index names another manifest for this sequence (sequence=" + manifest.sequence() + ")");
        }
        index.hint(manifest.sequence());
    }

    /** The sealed manifests, oldest first, from the newest back to the first whose predecessor is not there. */
    private Deque<SliceManifest> chain(NavigableMap<Long, List<String>> attempts) {
        Deque<SliceManifest> chain = new ArrayDeque<>();
        SliceManifest newest = newest(attempts.lastEntry());
        chain.addFirst(newest);
        while (attempts.containsKey(chain.getFirst().sequence() - 1)) {
            SliceManifest after = chain.getFirst();
            long sequence = after.sequence() - 1;
            SliceManifest found = null;
            for (String path : attempts.getOrDefault(sequence, List.of())) {
                SliceManifest candidate = load(path, sequence);
                if (candidate.checksum().equals(after.previousChecksum())) {
                    found = candidate;
                }
            }
            if (found == null) {
                throw StorageErrors.corrupt(
                        after.path(),
                        "the manifest before it, which it names, is missing (sequence=" + sequence + ", sha256="
                                + after.previousChecksum() + ")");
            }
            chain.addFirst(found);
        }
        requireStart(chain.getFirst());
        return chain;
    }

    private SliceManifest newest(Map.Entry<Long, List<String>> attempts) {
        Optional<SliceIndex.Sealed> entry = index.find(attempts.getKey());
        if (entry.isPresent()) {
            return SliceManifests.read(
                    storage,
                    entry.orElseThrow().manifestPath(),
                    entry.orElseThrow().checksum());
        }
        return furthest(attempts.getValue(), null).orElseThrow();
    }

    /**
     * Of the attempts at one sequence that continue this manifest (any, when null) the one that reaches furthest.
     *
     * @throws TidemarkException {@code SLICE_CORRUPT} when there are attempts and every one lacks files
     */
    private Optional<SliceManifest> furthest(List<String> paths, @Nullable String previousChecksum) {
        List<SliceManifest> whole = new ArrayList<>();
        TidemarkException broken = null;
        for (String path : paths) {
            SliceManifest manifest = SliceManifests.readUnchecked(storage, path);
            if (previousChecksum != null && !manifest.previousChecksum().equals(previousChecksum)) {
                continue;
            }
            try {
                requireFiles(manifest);
                whole.add(manifest);
            } catch (TidemarkException e) {
                if (e.code() != ErrorCode.SLICE_CORRUPT) {
                    throw e;
                }
                broken = e;
            }
        }
        if (whole.isEmpty() && broken != null) {
            throw broken;
        }
        return whole.stream()
                .max(Comparator.comparing(SliceManifest::through)
                        .thenComparing(SliceManifest::fence)
                        .thenComparing(SliceManifest::path));
    }

    private SliceManifest load(String path, long sequence) {
        SliceManifest manifest = SliceManifests.readUnchecked(storage, path);
        if (manifest.sequence() != sequence) {
            throw StorageErrors.corrupt(
                    path,
                    "the manifest is of another slice (expected=" + sequence + ", found=" + manifest.sequence() + ")");
        }
        return manifest;
    }

    private void requireFiles(SliceManifest manifest) {
        for (SliceFile file : manifest.files()) {
            try (ObjectInput in = storage.open(file.path())) {
                if (in.length() != file.bytes()) {
                    throw StorageErrors.corrupt(
                            file.path(),
                            "the file's size differs (expected=" + file.bytes() + ", found=" + in.length() + ")");
                }
            } catch (NoSuchFileException e) {
                throw StorageErrors.corrupt(file.path(), "the file is missing", e);
            } catch (IOException e) {
                throw StorageErrors.of("Cannot read slice file", e);
            }
        }
    }

    /** Either the first slice of all, or the index must know that older ones were pruned. */
    private void requireStart(SliceManifest first) {
        boolean isFirst = first.sequence() == 1;
        if (isFirst != first.previousChecksum().isEmpty()) {
            throw StorageErrors.corrupt(
                    first.path(), "only the first slice has no predecessor (sequence=" + first.sequence() + ")");
        }
        if (index.find(first.sequence() - 1).isPresent() && index.oldest() < first.sequence()) {
            throw StorageErrors.corrupt(
                    first.path(),
                    "the manifest before it, which the index names, is missing (sequence=" + (first.sequence() - 1)
                            + ")");
        }
    }

    /** The manifests of all attempts at the slice that starts then. */
    private List<String> manifestsOf(long sequence, Instant start) {
        List<String> manifests = new ArrayList<>();
        try {
            for (String path : storage.list(SliceNames.attemptsPrefix(pipeline, sequence, start))) {
                Optional<String> elsewhere = SliceNames.pointedTo(pipeline, path);
                if (elsewhere.isPresent()) {
                    manifests.addAll(storage.list(elsewhere.orElseThrow() + SliceNames.MANIFEST));
                } else if (SliceNames.sequenceOf(path).isPresent()) {
                    manifests.add(path);
                }
            }
        } catch (IOException e) {
            throw StorageErrors.of("Cannot list slices", e);
        }
        return manifests;
    }

    private NavigableMap<Long, List<String>> attempts() {
        NavigableMap<Long, List<String>> manifests = new TreeMap<>();
        try {
            for (String path : storage.list(SliceNames.pipelineFolder(pipeline))) {
                SliceNames.sequenceOf(path)
                        .ifPresent(sequence -> manifests
                                .computeIfAbsent(sequence, key -> new ArrayList<>())
                                .add(path));
            }
        } catch (IOException e) {
            throw StorageErrors.of("Cannot list slices", e);
        }
        return manifests;
    }
}
