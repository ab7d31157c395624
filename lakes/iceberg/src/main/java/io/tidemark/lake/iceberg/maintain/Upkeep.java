package io.tidemark.lake.iceberg.maintain;

import io.tidemark.lake.iceberg.commit.TableCommits;
import io.tidemark.lake.iceberg.plan.PlannedFiles;
import io.tidemark.lake.iceberg.write.MirrorFiles;
import io.tidemark.lake.upsert.maintain.Compaction;
import io.tidemark.spi.lake.LakeTableSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.TableMetadata;

/** Decides which step of upkeep is due beside compaction and does it: merging of delete files, merging of manifests, expiry. One step a call. */
public final class Upkeep {
    private final TableCommits commits;
    private final LakeTableSpec spec;
    private final Rules rules;

    public Upkeep(TableCommits commits, LakeTableSpec spec, Rules rules) {
        this.commits = commits;
        this.spec = spec;
        this.rules = rules;
    }

    /**
     * Does one step if one is due.
     *
     * @param base the newest version, of which {@code live} are the files
     * @param keep versions that must not expire
     * @return what was done
     */
    public Optional<String> step(TableMetadata base, PlannedFiles live, long fence, List<Long> keep) {
        MirrorFiles files = MirrorFiles.of(commits.reading(base), spec);
        return new DeleteMerge(commits, files, live, rules)
                .step(base, fence)
                .or(() -> new ManifestMerge(commits, rules).step(base, fence))
                .or(() -> new Expiry(commits, rules).step(base, fence, keep))
                .or(() -> new Orphans(commits, rules).step(base, fence));
    }

    /** Properties of a new table, in which there is nothing to look for yet. */
    public static Map<String, String> ofNewTable(Clock clock) {
        return Map.of(Orphans.LOOKED_AT, clock.instant().toString());
    }

    /**
     * When upkeep is due and how much a step does.
     *
     * @param clock tells the age of versions
     * @param smallFileBytes a data file below this is small
     * @param smallFilesMax small files of a partition (or of those without one) that are left alone
     * @param dirtyShare share of deleted rows above which a file is dirty
     * @param dirtyFilesMax dirty files that are left alone, unless one of them is not small
     * @param stepBytes bytes of data files that one step reads
     * @param deleteFilesMax position delete files of a partition that are left alone
     * @param manifestsMax manifests that are left alone
     * @param versionsKept newest versions that never expire
     * @param versionAge age below which versions do not expire, while there are fewer than {@code versionsMax}
     * @param versionsMax versions kept whatever their age
     * @param orphanAge age below which files that no version refers to are left alone
     * @param orphansEvery how often such files are looked for
     */
    public record Rules(
            Clock clock,
            long smallFileBytes,
            int smallFilesMax,
            double dirtyShare,
            int dirtyFilesMax,
            long stepBytes,
            int deleteFilesMax,
            int manifestsMax,
            int versionsKept,
            Duration versionAge,
            int versionsMax,
            Duration orphanAge,
            Duration orphansEvery) {
        /** Those of compaction. */
        public Compaction.Rules compaction() {
            return new Compaction.Rules(smallFileBytes, smallFilesMax, dirtyShare, dirtyFilesMax, stepBytes);
        }

        /** The rules of a default install. */
        public static Rules defaults(Clock clock) {
            Compaction.Rules files = Compaction.Rules.DEFAULT;
            return new Rules(
                    clock,
                    files.smallFileBytes(),
                    files.smallFilesMax(),
                    files.dirtyShare(),
                    files.dirtyFilesMax(),
                    files.stepBytes(),
                    8,
                    100,
                    50,
                    Duration.ofHours(1),
                    500,
                    Duration.ofDays(3),
                    Duration.ofDays(1));
        }
    }
}
