package io.tidemark.engine.deadletter;

import io.tidemark.engine.json.Json;
import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.storage.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open dead letters of a pipeline. A letter is durable before the source is told that the row is not needed any more, and stays open until its
 * keys were read again or the table was loaded again: nothing else closes it, so that a row that is missing is always told.
 */
public final class DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int ID_DIGITS = 12;
    private static final String OVERFLOW = "overflow";

    private final MetadataStore store;
    private final Documents<DeadLetter> letters;
    private final ErrorLog log;
    private final Clock clock;
    private final int tableMax;

    /** Letters of a table as counted last; letters that others resolve make it too great, never too small. */
    private final Map<TableId, Integer> counted = new ConcurrentHashMap<>();

    /**
     * Letters of a pipeline.
     *
     * @param tableMax most letters that a table may have open
     */
    public DeadLetters(MetadataStore store, ObjectStore storage, String pipeline, Clock clock, int tableMax) {
        this.store = store;
        this.letters = new Documents<>(store, DeadLetter.class);
        this.log = new ErrorLog(storage, pipeline);
        this.clock = clock;
        this.tableMax = tableMax;
    }

    /**
     * Lists open letters again from their files in the lake, once in the life of a metadata store: one that says nothing of it is new, and the one
     * before it may have been lost. To be called before anything else.
     *
     * @throws TidemarkException {@code LAKE_IO} when the lake cannot be read: unknown letters are not no letters
     */
    public void relist() {
        if (store.read(Keys.DEAD_LETTERS_LISTED).isPresent()) {
            return;
        }
        new LetterIndexRebuild(log, letters).rebuild();
        store.compareAndSet(
                Keys.DEAD_LETTERS_LISTED,
                Entry.ABSENT,
                Json.write(Map.of("at", clock.instant().toString())));
    }

    /** All open letters, by table and time. */
    public List<DeadLetter> open() {
        return letters.list(Keys.DEAD_LETTERS);
    }

    public List<DeadLetter> open(TableId table) {
        return letters.list(prefix(table));
    }

    /** How many letters each table has open; tables without any are left out. */
    public Map<TableId, Long> counts() {
        return open().stream().collect(Collectors.groupingBy(DeadLetter::table, Collectors.counting()));
    }

    public Optional<DeadLetter> find(String id) {
        return open().stream().filter(letter -> letter.id().equals(id)).findFirst();
    }

    /** Keys that open letters of the table concern. */
    public Set<List<String>> openKeys(TableId table) {
        Set<List<String>> keys = new HashSet<>();
        open(table).forEach(letter -> keys.addAll(letter.keys()));
        return keys;
    }

    /**
     * Sets a row of the change stream aside.
     *
     * @throws TidemarkException {@code LIMIT_EXCEEDED} when the table has too many letters; one letter then stands for all further rows
     */
    public DeadLetter record(UndecodableRow row) {
        return record(row, row.operation().name().toLowerCase(Locale.ROOT));
    }

    /** Sets a row aside that was met while the table was loaded or repaired, else as {@link #record}. */
    public DeadLetter recordLoaded(UndecodableRow row) {
        return record(row, DeadLetter.LOAD);
    }

    private synchronized DeadLetter record(UndecodableRow row, String operation) {
        int count = counted.computeIfAbsent(row.table(), table -> open(table).size());
        if (count >= tableMax) {
            count = open(row.table()).size();
        }
        boolean isTooMany = count >= tableMax;
        String id = isTooMany ? id(row.table() + "|" + OVERFLOW) : id(row, operation);
        Instant now = clock.instant();
        DeadLetter letter = new DeadLetter(
                id,
                row.table(),
                operation,
                row.position(),
                row.sequence(),
                isTooMany ? List.of() : row.keys(),
                row.reason().code().name(),
                isTooMany
                        ? "It stands for all rows beyond the limit (dead-letters=" + tableMax + ")"
                        : row.reason().reason(),
                row.reason().remedy(),
                letters.find(key(row.table(), id)).map(DeadLetter::path).orElseGet(() -> log.path(row, id, now)),
                row.raw().length,
                now);
        log.store(letter, row.raw());
        letters.put(key(row.table(), id), letter);
        counted.put(row.table(), count + 1);
        LOG.warn(
                "row set aside table={} operation={} position={} dead_letter={} reason={}",
                row.table(),
                operation,
                row.position(),
                id,
                letter.reason());
        if (isTooMany) {
            throw new TidemarkException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Cannot set more rows of " + row.table() + " aside: there are too many (dead-letters=" + tableMax
                            + ")",
                    "Carry the column as string (tables: columns: NAME: string) or raise limits.dead-letters, then run 'tidemark"
                            + " resync " + row.table() + "'.",
                    null);
        }
        return letter;
    }

    /** Makes a letter that concerns one key concern another one too. */
    public void widen(TableId table, List<String> key, List<String> more) {
        for (DeadLetter letter : open(table)) {
            if (letter.keys().contains(key)) {
                log.store(letter.withKey(more));
                letters.update(key(table, letter.id()), before -> before.map(found -> found.withKey(more)));
            }
        }
    }

    /** Resolves letters from before a position whose keys are all among these, which the mirror now holds as the source had them there. */
    public void resolveKeys(TableId table, Collection<List<String>> keys, Position position) {
        Set<List<String>> healed = new HashSet<>(keys);
        for (DeadLetter letter : open(table)) {
            if (letter.canRetry() && letter.position().isBefore(position) && healed.containsAll(letter.keys())) {
                resolve(letter, "read again");
            }
        }
    }

    /** Resolves letters of a table from before the cut that it is loaded at. */
    public void resolveBefore(TableId table, Position cutoff) {
        for (DeadLetter letter : open(table)) {
            if (letter.position().isBefore(cutoff)) {
                resolve(letter, "table loaded again");
            }
        }
    }

    private void resolve(DeadLetter letter, String how) {
        log.resolved(letter, clock.instant(), how);
        letters.remove(key(letter.table(), letter.id()));
        LOG.info("dead letter resolved table={} dead_letter={} how={}", letter.table(), letter.id(), how);
    }

    static String key(TableId table, String id) {
        return prefix(table) + id;
    }

    /** The end keeps the letters of {@code a} from those of {@code ab}. */
    private static String prefix(TableId table) {
        return Keys.of(Keys.DEAD_LETTERS, table) + "/";
    }

    /** A row of a load is known by its key, an event by its place: met again after a crash, it is the same letter. */
    private static String id(UndecodableRow row, String operation) {
        return operation.equals(DeadLetter.LOAD) && !row.keys().isEmpty()
                ? id(row.table() + "|" + operation + "|" + row.keys())
                : id(row.table() + "|" + operation + "|" + row.position().toHex() + "|" + row.sequence() + "|"
                        + HexFormat.of().formatHex(sha256(row.raw())));
    }

    private static String id(String text) {
        return HexFormat.of()
                .formatHex(sha256(text.getBytes(StandardCharsets.UTF_8)))
                .substring(0, ID_DIGITS);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot name a dead letter: this Java has no SHA-256", e);
        }
    }
}
