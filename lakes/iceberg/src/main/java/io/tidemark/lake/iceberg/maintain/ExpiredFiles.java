package io.tidemark.lake.iceberg.maintain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotParser;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/**
 * The files that versions need which expire, and no other version. Iceberg's own search reads what all versions consist of, some hundred lists for each
 * expiry. This one reads the versions that expire and the kept ones next to them: where history is a line, a file belongs to versions that follow each
 * other without a gap, so that one which neither neighbour has, no kept version has. A manifest is such a file too.
 *
 * <p>Files of rows are in one manifest of a version. So a neighbour has a candidate only in manifests that were not in all of the versions between
 * both. Files of deletes can be in several manifests of a version, one for each file of rows that they are about: all of a neighbour's are looked into.
 */
final class ExpiredFiles {
    private final TableMetadata metadata;
    private final FileIO io;
    private final List<Snapshot> history;
    private final Set<Long> expired;

    private ExpiredFiles(TableMetadata metadata, FileIO io, List<Snapshot> history, Set<Long> expired) {
        this.metadata = metadata;
        this.io = io;
        this.history = history;
        this.expired = expired;
    }

    /**
     * Prepares the search.
     *
     * @param metadata that still has the versions
     * @return empty when history is no line, or there are files that this does not know of
     */
    static Optional<ExpiredFiles> of(TableMetadata metadata, FileIO io, Collection<Long> expired) {
        List<Snapshot> history = new ArrayList<>(metadata.snapshots());
        history.sort(Comparator.comparingLong(Snapshot::sequenceNumber));
        boolean isKnown = metadata.refs().size() == 1
                && metadata.statisticsFiles().isEmpty()
                && metadata.partitionStatisticsFiles().isEmpty();
        return isKnown && isLine(metadata, history)
                ? Optional.of(new ExpiredFiles(metadata, io, history, new HashSet<>(expired)))
                : Optional.empty();
    }

    /** Whether each version came from the one before it, or from one that has expired. */
    private static boolean isLine(TableMetadata metadata, List<Snapshot> history) {
        for (int i = 0; i < history.size(); i++) {
            Snapshot snapshot = history.get(i);
            Long parent = snapshot.parentId();
            boolean follows = i == 0
                    ? parent == null || metadata.snapshot(parent) == null
                    : snapshot.sequenceNumber() > history.get(i - 1).sequenceNumber()
                            && parent != null
                            && (parent == history.get(i - 1).snapshotId() || metadata.snapshot(parent) == null);
            if (!follows || snapshot.manifestListLocation() == null) {
                return false;
            }
        }
        return true;
    }

    /** Finds them, those first that others refer to last. They may be deleted when the versions are gone. */
    List<String> find() throws IOException {
        Set<String> found = new LinkedHashSet<>();
        int from = 0;
        while (from < history.size()) {
            int to = from;
            while (to < history.size() && isExpired(to)) {
                to++;
            }
            if (to > from) {
                addFilesOf(from, to, found);
            }
            from = to + 1;
        }
        return List.copyOf(found);
    }

    private boolean isExpired(int place) {
        return expired.contains(history.get(place).snapshotId());
    }

    /** Versions that follow each other, between two that are kept or an end of history. */
    private void addFilesOf(int from, int to, Set<String> found) throws IOException {
        Map<String, ManifestFile> kept = new LinkedHashMap<>();
        if (from > 0) {
            kept.putAll(manifests(history.get(from - 1)));
        }
        if (to < history.size()) {
            kept.putAll(manifests(history.get(to)));
        }
        Map<String, ManifestFile> gone = new LinkedHashMap<>();
        Set<String> inAll = new HashSet<>(kept.keySet());
        for (Snapshot snapshot : history.subList(from, to)) {
            Map<String, ManifestFile> mine = manifests(snapshot);
            gone.putAll(mine);
            inAll.retainAll(mine.keySet());
        }
        gone.keySet().removeAll(kept.keySet());
        found.addAll(contents(gone, kept, inAll));
        found.addAll(gone.keySet());
        history.subList(from, to).forEach(snapshot -> found.add(snapshot.manifestListLocation()));
    }

    /** What the manifests that are gone tell of and the kept ones do not. */
    private Set<String> contents(Map<String, ManifestFile> gone, Map<String, ManifestFile> kept, Set<String> inAll)
            throws IOException {
        Set<String> files = new LinkedHashSet<>();
        boolean hasDeletes = false;
        for (ManifestFile manifest : gone.values()) {
            hasDeletes |= manifest.content() == ManifestContent.DELETES;
            files.addAll(contents(manifest));
        }
        for (ManifestFile manifest : kept.values()) {
            boolean mayHave =
                    manifest.content() == ManifestContent.DELETES ? hasDeletes : !inAll.contains(manifest.path());
            if (mayHave && !files.isEmpty()) {
                files.removeAll(contents(manifest));
            }
        }
        return files;
    }

    private Set<String> contents(ManifestFile manifest) throws IOException {
        return ManifestContents.locations(manifest, io, metadata.specsById());
    }

    /** By location. The version is read through a copy, since one that has told its manifests remembers them. */
    private Map<String, ManifestFile> manifests(Snapshot snapshot) {
        Map<String, ManifestFile> read = new LinkedHashMap<>();
        Snapshot copy = SnapshotParser.fromJson(SnapshotParser.toJson(snapshot));
        copy.allManifests(io).forEach(manifest -> read.put(manifest.path(), manifest));
        return read;
    }
}
