package io.tidemark.engine.deadletter;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.spi.error.TidemarkException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recreates the index of open letters from their files in the lake. A letter that was met again has a file for each time, and is open when one of
 * them is newer than its last resolution. Only the files of one letter are in memory at a time, beside the list of names.
 */
final class LetterIndexRebuild {
    private static final Logger LOG = LoggerFactory.getLogger(LetterIndexRebuild.class);

    private final ErrorLog log;
    private final Documents<DeadLetter> letters;

    LetterIndexRebuild(ErrorLog log, Documents<DeadLetter> letters) {
        this.log = log;
        this.letters = letters;
    }

    /**
     * Puts the open letters that the index lacks into it. A file that cannot be read is named in the log and otherwise passed over: what it told of
     * still shows as a difference when the table is verified.
     *
     * @return how many letters were put back
     * @throws TidemarkException {@code LAKE_IO} when the storage cannot be read; nothing is known then, and it is to be tried again
     */
    int rebuild() {
        Map<String, List<String>> pathsById = new TreeMap<>();
        for (String path : log.paths()) {
            pathsById
                    .computeIfAbsent(ErrorLog.id(path), id -> new ArrayList<>(1))
                    .add(path);
        }
        int recorded = 0;
        for (List<String> paths : pathsById.values()) {
            Optional<DeadLetter> open = open(paths);
            if (open.isPresent() && add(open.orElseThrow())) {
                recorded++;
            }
        }
        if (recorded > 0) {
            LOG.info("Rebuilt index of dead letters recorded={} letters={}", recorded, pathsById.size());
        }
        return recorded;
    }

    private Optional<DeadLetter> open(List<String> paths) {
        Optional<DeadLetter> newest = Optional.empty();
        Instant resolved = Instant.MIN;
        for (String path : paths) {
            Optional<ErrorLog.Stored> stored = read(path);
            if (stored.isEmpty()) {
                continue;
            }
            Optional<Instant> resolvedAt = stored.orElseThrow().resolvedAt();
            if (resolvedAt.isPresent()) {
                resolved = resolved.isBefore(resolvedAt.orElseThrow()) ? resolvedAt.orElseThrow() : resolved;
            } else {
                DeadLetter letter = stored.orElseThrow().letter();
                newest = newest.filter(other -> other.at().isAfter(letter.at())).or(() -> Optional.of(letter));
            }
        }
        Instant after = resolved;
        return newest.filter(letter -> letter.at().isAfter(after));
    }

    private Optional<ErrorLog.Stored> read(String path) {
        try {
            return Optional.of(log.read(path));
        } catch (ErrorLog.DamagedException e) {
            LOG.warn("dead letter cannot be read and is not listed path={} reason={}", path, e.getMessage());
            return Optional.empty();
        }
    }

    private boolean add(DeadLetter letter) {
        boolean[] isNew = new boolean[1];
        letters.update(DeadLetters.key(letter.table(), letter.id()), before -> {
            isNew[0] = before.isEmpty();
            return before.isPresent() ? Optional.empty() : Optional.of(letter);
        });
        return isNew[0];
    }
}
