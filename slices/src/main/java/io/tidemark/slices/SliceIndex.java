package io.tidemark.slices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.slice.SliceManifest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sealed slices in the metadata store: one entry per sequence that names the manifest and its checksum, {@code slices/oldest} for the oldest
 * kept sequence, and {@code slices/head} as a hint where to look for the newest. Entries from oldest to newest have no gap, so the newest is found
 * by asking for sequences, never by listing.
 */
final class SliceIndex {
    static final String PREFIX = "slices/";

    private static final String HEAD = PREFIX + "head";
    private static final String OLDEST = PREFIX + "oldest";
    private static final Logger LOG = LoggerFactory.getLogger(SliceIndex.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The hint is written once in so many slices; so many entries are read at most to get from it to the newest. */
    private static final long HEAD_INTERVAL = 16;

    private static final int SEAL_ATTEMPTS = 3;

    private final MetadataStore metastore;

    SliceIndex(MetadataStore metastore) {
        this.metastore = metastore;
    }

    /** Where a sealed slice's manifest lies, and its checksum. */
    record Sealed(String manifestPath, String checksum) {}

    static String key(long sequence) {
        return PREFIX + String.format("%020d", sequence);
    }

    Optional<Sealed> find(long sequence) {
        return metastore.read(key(sequence)).map(SliceIndex::parse);
    }

    /**
     * Records the slice unless its sequence is taken. When the store's answer is lost, the entry itself tells the outcome.
     *
     * @return whether this slice, and no other, is sealed under its sequence
     */
    boolean seal(SliceManifest manifest) {
        String key = key(manifest.sequence());
        String value = value(manifest);
        for (int attempt = 1; ; attempt++) {
            try {
                Optional<Entry> written = metastore.compareAndSet(key, Entry.ABSENT, value);
                if (written.isPresent()) {
                    return confirm(manifest.sequence(), written.orElseThrow());
                }
                Optional<Entry> found = metastore.read(key);
                return found.isPresent()
                        && found.orElseThrow().value().equals(value)
                        && confirm(manifest.sequence(), found.orElseThrow());
            } catch (TidemarkException e) {
                if (e.code() != ErrorCode.METASTORE_UNAVAILABLE || attempt == SEAL_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** The newest sealed sequence, or 0. */
    long newestSequence(long known) {
        long oldest = oldest();
        long present = Math.max(Math.max(known, head()), oldest);
        if (metastore.read(key(present)).isEmpty()) {
            if (present == oldest || metastore.read(key(oldest)).isEmpty()) {
                requireNothing(oldest);
                return 0;
            }
            present = oldest;
        }
        long step = 1;
        while (metastore.read(key(present + step)).isPresent()) {
            present += step;
            step *= 2;
        }
        long absent = present + step;
        while (absent - present > 1) {
            long middle = present + (absent - present) / 2;
            if (metastore.read(key(middle)).isPresent()) {
                present = middle;
            } else {
                absent = middle;
            }
        }
        return present;
    }

    /** Refuses an end of the log before a slice that is known to have been sealed: the index has a gap. */
    void requireEndAt(long absent) {
        // One that was sealed between the two looks is not missing.
        if (head() > absent && oldest() <= absent && metastore.read(key(absent)).isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.SLICE_CORRUPT,
                    "Cannot read the slice log: the index lacks a slice before the newest one (key=" + key(absent)
                            + ")",
                    "Restart Tidemark: it recreates missing index entries from the slices in the storage.",
                    null);
        }
    }

    /** Whether nothing was ever recorded: a new log, or a lost index. */
    boolean isEmpty() {
        return metastore.read(OLDEST).isEmpty()
                && metastore.read(HEAD).isEmpty()
                && metastore.read(key(1)).isEmpty();
    }

    /** Moves the hint forward now and then; that it fails harms nothing. */
    void hint(long sequence) {
        if (sequence % HEAD_INTERVAL != 0) {
            return;
        }
        try {
            moveForward(HEAD, sequence);
        } catch (TidemarkException e) {
            LOG.debug("Left the head hint behind sequence={}", sequence, e);
        }
    }

    /** The oldest sequence that is kept. */
    long oldest() {
        return metastore.read(OLDEST).map(entry -> number(entry)).orElse(1L);
    }

    /** Declares older slices pruned. Written before the first of them is touched, so that none is found while it disappears. */
    void keepFrom(long sequence) {
        if (!moveForward(OLDEST, sequence)) {
            throw new TidemarkException(
                    ErrorCode.METASTORE_UNAVAILABLE,
                    "Cannot prune slices: the oldest kept sequence cannot be written (key=" + OLDEST + ")");
        }
    }

    void forget(long sequence) {
        metastore.read(key(sequence)).ifPresent(entry -> metastore.delete(entry.key(), entry.version()));
    }

    /**
     * A writer that slept while others sealed and pruned far past it could find its sequence free again; the oldest kept sequence, written before any
     * entry is deleted, tells.
     */
    private boolean confirm(long sequence, Entry written) {
        if (oldest() <= sequence) {
            return true;
        }
        metastore.delete(written.key(), written.version());
        return false;
    }

    private boolean moveForward(String key, long sequence) {
        for (int attempt = 0; attempt < 10; attempt++) {
            Optional<Entry> entry = metastore.read(key);
            if (entry.isPresent() && number(entry.orElseThrow()) >= sequence) {
                return true;
            }
            long version = entry.map(Entry::version).orElse(Entry.ABSENT);
            if (metastore.compareAndSet(key, version, Long.toString(sequence)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private long head() {
        return metastore.read(HEAD).map(entry -> number(entry)).orElse(0L);
    }

    private static void requireNothing(long oldest) {
        if (oldest > 1) {
            throw new TidemarkException(
                    ErrorCode.SLICE_CORRUPT,
                    "Cannot find the newest slice: the index lacks the oldest kept one (key=" + key(oldest) + ")");
        }
    }

    private static long number(Entry entry) {
        try {
            return Long.parseLong(entry.value());
        } catch (NumberFormatException e) {
            throw unreadable(entry, e);
        }
    }

    static String value(SliceManifest manifest) {
        return JSON.createObjectNode()
                .put("manifest", manifest.path())
                .put("sha256", manifest.checksum())
                .toString();
    }

    private static Sealed parse(Entry entry) {
        try {
            JsonNode node = JSON.readTree(entry.value());
            return new Sealed(
                    node.required("manifest").asText(), node.required("sha256").asText());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw unreadable(entry, e);
        }
    }

    private static TidemarkException unreadable(Entry entry, Exception cause) {
        return new TidemarkException(
                ErrorCode.SLICE_CORRUPT,
                "Cannot read the slice index: an entry is not as it was written (key=" + entry.key() + ")",
                cause);
    }
}
