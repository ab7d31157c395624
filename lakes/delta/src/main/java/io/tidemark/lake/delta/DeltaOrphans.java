package io.tidemark.lake.delta;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaFile.Vector;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.lake.delta.log.DeltaVersion;
import io.tidemark.spi.storage.ObjectStore.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes files of the table's folder that no version refers to: what writers left that died before their commit, or never heard of its outcome.
 *
 * <p>A file that a commit may still refer to is never deleted: writers of this program hold a lease for less time than the age below which files are
 * left alone, and one that was taken over is refused by its fence, which this table has seen; other programs' commits are trusted to take no longer,
 * as {@code VACUUM} trusts them. Ages are told by the storage's clock alone: that of the newest commit is now. Mirrors in the making, which are inside
 * the folder, are left alone as a whole.
 */
final class DeltaOrphans {
    private static final String ABSOLUTE = "p";

    private final DeltaLog log;

    DeltaOrphans(DeltaLog log) {
        this.log = log;
    }

    /**
     * Looks for them.
     *
     * @param fence of the caller, which the table must have seen
     * @param age below which files are left alone
     * @return how many were deleted
     */
    int delete(DeltaVersion base, long fence, Duration age) throws IOException {
        if (base.progress().fence() != fence) {
            return 0;
        }
        NavigableMap<Long, Long> times = log.commitTimes();
        if (times.isEmpty()) {
            return 0;
        }
        // First what there is, then what is used: what is committed meanwhile is used.
        List<String> old = oldFiles(times.lastEntry().getValue() - age.toMillis());
        Optional<Set<String>> used = old.isEmpty() ? Optional.empty() : used();
        if (used.isEmpty()) {
            return 0;
        }
        int deleted = 0;
        for (String path : old) {
            if (!used.orElseThrow().contains(path)) {
                log.files().delete(path);
                deleted++;
            }
        }
        return deleted;
    }

    private List<String> oldFiles(long before) throws IOException {
        List<StoredObject> all = log.files().objects("");
        Set<String> making = new HashSet<>();
        for (StoredObject object : all) {
            int at = object.path().indexOf("/" + DeltaLog.FOLDER);
            if (at > 0) {
                making.add(object.path().substring(0, at + 1));
            }
        }
        return all.stream()
                .filter(object -> object.modifiedMillis() < before)
                .map(StoredObject::path)
                .filter(DeltaOrphans::isOfTable)
                .filter(path -> making.stream().noneMatch(path::startsWith))
                .toList();
    }

    /** Data files and files of deletion vectors; what begins with an underscore or a dot is none by Delta's rules. */
    private static boolean isOfTable(String path) {
        return (path.endsWith(".parquet") || path.endsWith(".bin")) && !path.matches("(.*/)?[_.].*");
    }

    private static boolean hasAbsoluteVector(DeltaFile file) {
        Vector vector = file.vector();
        return vector != null && vector.storageType().equals(ABSOLUTE);
    }

    /** Paths that some version refers to; empty when that cannot be told. */
    private Optional<Set<String>> used() {
        NavigableSet<Long> commits = log.commits();
        Set<String> used = new HashSet<>();
        for (long version : commits) {
            if (!commits.contains(version - 1)) {
                DeltaVersion found = log.find(version).orElseThrow();
                if (found.files().all().stream().anyMatch(DeltaOrphans::hasAbsoluteVector)) {
                    return Optional.empty();
                }
                used.addAll(log.paths(found));
            }
            List<JsonNode> actions = log.actions(version);
            if (actions.isEmpty()) {
                return Optional.empty();
            }
            for (JsonNode action : actions) {
                JsonNode add = action.path("add");
                if (add.path("deletionVector").path("storageType").asText().equals(ABSOLUTE)) {
                    return Optional.empty();
                }
                used.addAll(log.paths(add));
            }
        }
        return Optional.of(used);
    }
}
