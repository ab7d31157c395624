package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.ProgressSummary;
import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.maintain.Upkeep.Rules;
import io.tidemark.lake.iceberg.write.Discards;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Deletes files of the table's folder that no version refers to: what writers left that died before their commit, or never heard of its outcome.
 *
 * <p>A file is never deleted that a commit may still refer to. Writers of this program hold a lease for less time than the age below which files are
 * left alone, and one that was taken over is refused by its fence, which this table has seen; other programs' commits are trusted to take no longer
 * than that age, as Iceberg itself does. Ages are told by the storage's clock alone: that of the table's newest metadata file is now. Files are
 * compared by name, which has a UUID in it, so that another spelling of a location cannot make a live file look unused.
 */
final class Orphans {
    /** Table property: when they were looked for last. */
    static final String LOOKED_AT = "tidemark.orphans-looked-at";

    private static final Set<String> KINDS = Set.of("parquet", "puffin", "avro", "json");

    private final TableCommits commits;
    private final Rules rules;

    Orphans(TableCommits commits, Rules rules) {
        this.commits = commits;
        this.rules = rules;
    }

    Optional<String> step(TableMetadata base, long fence) {
        if (!isDue(base)
                || ProgressSummary.read(base).fence() != fence
                || !(commits.reading(base).io() instanceof SupportsPrefixOperations)) {
            return Optional.empty();
        }
        String now = rules.clock().instant().toString();
        TableMetadata seen = commits.commitMetadata(
                base, fence, table -> table.updateProperties().set(LOOKED_AT, now));
        Table table = commits.reading(seen);
        try {
            List<String> orphans = find(table, seen);
            Discards.delete(table.io(), orphans);
            return orphans.isEmpty()
                    ? Optional.empty()
                    : Optional.of("deleted " + orphans.size() + " files that no version refers to");
        } catch (IOException | RuntimeException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_IO, "Cannot look for unused files of " + table.name() + ": " + e.getMessage(), e);
        }
    }

    private boolean isDue(TableMetadata base) {
        String last = base.property(LOOKED_AT, "");
        try {
            return last.isEmpty()
                    || !Instant.parse(last)
                            .plus(rules.orphansEvery())
                            .isAfter(rules.clock().instant());
        } catch (DateTimeException e) {
            // Somebody wrote something else there.
            return true;
        }
    }

    /** First what there is, then what is used: what is committed meanwhile is used. */
    private List<String> find(Table table, TableMetadata seen) throws IOException {
        String newest = name(seen.metadataFileLocation());
        List<FileInfo> files = new ArrayList<>();
        long now = Long.MIN_VALUE;
        String folder = table.location().endsWith("/") ? table.location() : table.location() + "/";
        for (FileInfo file : ((SupportsPrefixOperations) table.io()).listPrefix(folder)) {
            files.add(file);
            if (name(file.location()).equals(newest)) {
                now = file.createdAtMillis();
            }
        }
        if (now == Long.MIN_VALUE) {
            // Metadata that is kept elsewhere tells nothing of the storage's clock.
            return List.of();
        }
        long youngerThan = now - rules.orphanAge().toMillis();
        files.removeIf(file -> file.createdAtMillis() >= youngerThan || !isOfTable(file.location()));
        if (files.isEmpty()) {
            return List.of();
        }
        Set<String> used = used(commits.refresh());
        return files.stream()
                .map(FileInfo::location)
                .filter(location -> !used.contains(name(location)))
                .toList();
    }

    /** Names of all files that some version, or the table's history, refers to. */
    private Set<String> used(TableMetadata metadata) throws IOException {
        Table table = commits.reading(metadata);
        FileIO io = table.io();
        Set<String> used = new HashSet<>();
        used.add(name(metadata.metadataFileLocation()));
        metadata.previousFiles().forEach(entry -> used.add(name(entry.file())));
        ReachableFileUtil.statisticsFilesLocations(table).forEach(location -> used.add(name(location)));
        Set<String> manifests = new HashSet<>();
        for (Snapshot snapshot : metadata.snapshots()) {
            if (snapshot.manifestListLocation() != null) {
                used.add(name(snapshot.manifestListLocation()));
            }
            for (ManifestFile manifest : snapshot.allManifests(io)) {
                if (manifests.add(manifest.path())) {
                    used.add(name(manifest.path()));
                    ManifestContents.locations(manifest, io, metadata.specsById())
                            .forEach(location -> used.add(name(location)));
                }
            }
        }
        return used;
    }

    private static boolean isOfTable(String location) {
        return KINDS.contains(location.substring(location.lastIndexOf('.') + 1));
    }

    private static String name(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
