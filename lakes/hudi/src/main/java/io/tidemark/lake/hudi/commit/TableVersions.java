package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.schema.SpecText;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.lake.upsert.table.ProgressText;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hudi.avro.model.HoodieCleanMetadata;
import org.apache.hudi.client.common.HoodieJavaEngineContext;
import org.apache.hudi.common.config.TypedProperties;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.timeline.HoodieInstant;
import org.apache.hudi.common.table.timeline.HoodieTimeline;
import org.apache.hudi.exception.HoodieException;
import org.apache.hudi.exception.TableNotFoundException;

/**
 * The versions of a mirror: completed commits, numbered by Hudi's time of the commit ({@code 20261128091500123}). Commits are made one after the
 * other, so that the order of their numbers is that in which they came.
 *
 * <p>Which commit speaks for the table: the newest one that carries progress. Compaction by others makes commits without it.
 */
public final class TableVersions {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("yyyyMMddHHmmss")
            .appendValue(ChronoField.MILLI_OF_SECOND, 3)
            .toFormatter(java.util.Locale.ROOT);

    private final String basePath;
    private final WriteOptions options;
    private final HoodieJavaEngineContext context;

    public TableVersions(String basePath, WriteOptions options) {
        this.basePath = basePath;
        this.options = options;
        this.context = new HoodieJavaEngineContext(WriteConfigs.storage(options.properties()));
    }

    public String basePath() {
        return basePath;
    }

    HoodieJavaEngineContext context() {
        return context;
    }

    /** The table as it is now. */
    public HoodieTableMetaClient refresh() {
        try {
            return HoodieTableMetaClient.builder()
                    .setConf(context.getStorageConf().newInstance())
                    .setBasePath(basePath)
                    .setLoadActiveTimelineOnLoad(true)
                    .build();
        } catch (TableNotFoundException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_TABLE_MISSING, "Cannot open a mirror: it is gone (folder=" + basePath + ")", e);
        } catch (HoodieException e) {
            throw TidemarkException.ofStorage("Cannot open a mirror", " (folder=" + basePath + ")", e);
        }
    }

    /** Progress as of the newest version. */
    public LakeProgress progress(HoodieTableMetaClient meta) {
        Optional<HoodieInstant> newest = newest(meta);
        return newest.isEmpty() ? LakeProgress.NONE : progress(meta, newest.orElseThrow());
    }

    /** Progress as of a version. */
    public LakeProgress progress(HoodieTableMetaClient meta, HoodieInstant version) {
        long number = Long.parseLong(version.requestedTime());
        for (HoodieInstant instant : backFrom(meta, version)) {
            Map<String, String> pairs = pairs(meta, instant);
            if (ProgressText.isIn(pairs)) {
                return ProgressText.read(number, pairs);
            }
        }
        LakeProgress none = LakeProgress.NONE;
        return new LakeProgress(
                number, none.loadId(), none.loaded(), none.chunks(), none.applied(), none.slice(), none.fence(), 0);
    }

    /** The spec as of the newest version; empty when the table is no mirror. */
    public Optional<StoredSpec> spec(HoodieTableMetaClient meta) {
        Optional<HoodieInstant> newest = newest(meta);
        return newest.isPresent() ? spec(meta, newest.orElseThrow()) : specOfProperties(meta);
    }

    /** The spec as of a version. */
    public Optional<StoredSpec> spec(HoodieTableMetaClient meta, HoodieInstant version) {
        for (HoodieInstant instant : backFrom(meta, version)) {
            Optional<StoredSpec> found = SpecText.find(pairs(meta, instant));
            if (found.isPresent()) {
                return found;
            }
        }
        return specOfProperties(meta);
    }

    /** The newest version. */
    public Optional<HoodieInstant> newest(HoodieTableMetaClient meta) {
        return Optional.ofNullable(completed(meta).lastInstant().orElse(null));
    }

    /** A version by number, if it still can be read. */
    public Optional<HoodieInstant> find(HoodieTableMetaClient meta, long version) {
        String time = Long.toString(version);
        return completed(meta).getInstants().stream()
                .filter(instant -> instant.requestedTime().equals(time))
                .filter(instant -> isKept(meta, instant))
                .findFirst();
    }

    /** The version that was current at the time, if it still can be read. */
    public Optional<HoodieInstant> asOf(HoodieTableMetaClient meta, Instant time) {
        HoodieInstant found = null;
        for (HoodieInstant instant : completed(meta).getInstants()) {
            if (!completion(instant).isAfter(time)) {
                found = instant;
            }
        }
        return Optional.ofNullable(found).filter(instant -> isKept(meta, instant));
    }

    /** What the table holds now. */
    TableFiles files(HoodieTableMetaClient meta) {
        return TableFiles.of(meta, context, newest(meta).map(HoodieInstant::requestedTime), options);
    }

    /** What the table held as of a version. */
    public TableFiles files(HoodieTableMetaClient meta, HoodieInstant version) {
        return TableFiles.of(meta, context, Optional.of(version.requestedTime()), options);
    }

    /** Completed versions in order. */
    public static HoodieTimeline completed(HoodieTableMetaClient meta) {
        return meta.getActiveTimeline().getCommitsTimeline().filterCompletedInstants();
    }

    /** Whether cleaning has left all files of the version. */
    private static boolean isKept(HoodieTableMetaClient meta, HoodieInstant version) {
        boolean isSaved = meta.getActiveTimeline()
                .getSavePointTimeline()
                .filterCompletedInstants()
                .containsInstant(version.requestedTime());
        if (isSaved) {
            return true;
        }
        for (HoodieInstant clean : meta.getActiveTimeline()
                .getCleanerTimeline()
                .filterCompletedInstants()
                .getInstants()) {
            try {
                HoodieCleanMetadata metadata = meta.getActiveTimeline().readCleanMetadata(clean);
                String earliest = metadata.getEarliestCommitToRetain();
                if (earliest != null && version.requestedTime().compareTo(earliest) < 0) {
                    return false;
                }
            } catch (IOException e) {
                throw TidemarkException.ofStorage("Cannot read what was cleaned", e);
            }
        }
        return true;
    }

    private static List<HoodieInstant> backFrom(HoodieTableMetaClient meta, HoodieInstant version) {
        return completed(meta)
                .findInstantsBeforeOrEquals(version.requestedTime())
                .getReverseOrderedInstants()
                .toList();
    }

    private static Map<String, String> pairs(HoodieTableMetaClient meta, HoodieInstant instant) {
        try {
            return meta.getActiveTimeline().readCommitMetadata(instant).getExtraMetadata();
        } catch (IOException e) {
            throw TidemarkException.ofStorage(
                    "Cannot read a commit of a mirror", " (instant=" + instant.requestedTime() + ")", e);
        }
    }

    private static Optional<StoredSpec> specOfProperties(HoodieTableMetaClient meta) {
        TypedProperties properties = meta.getTableConfig().getProps();
        return SpecText.find(properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(key -> key, properties::getProperty)));
    }

    /** The table's time zone is UTC. */
    private static Instant completion(HoodieInstant instant) {
        return LocalDateTime.parse(instant.getCompletionTime(), TIME).toInstant(ZoneOffset.UTC);
    }
}
