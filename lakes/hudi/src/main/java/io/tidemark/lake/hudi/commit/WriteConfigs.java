package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.commit.WriteOptions.Index;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.lake.hudi.storage.SyncedLocalFiles;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hudi.common.engine.EngineType;
import org.apache.hudi.common.model.HoodieTableType;
import org.apache.hudi.config.HoodieWriteConfig;
import org.apache.hudi.storage.StorageConfiguration;
import org.apache.hudi.storage.hadoop.HadoopStorageConfiguration;

/** Settings of Hudi's write client for a mirror. */
final class WriteConfigs {
    /** Archival must keep more commits than cleaning. */
    private static final int ARCHIVAL_MARGIN = 10;

    private static final long LOG_BLOCK_BYTES = 16L << 20;

    static {
        // Hudi estimates the size of objects through JOL, which otherwise attaches a debugger to this process.
        List.of("jol.skipDynamicAttach", "jol.skipHotspotSAAttach", "jol.skipInstallAttach")
                .forEach(key -> System.setProperty(key, "true"));
    }

    private WriteConfigs() {}

    /** @param properties settings of the lake */
    static StorageConfiguration<Configuration> storage(Map<String, String> properties) {
        // Without Hadoop's defaults, which are read from a large file again and again: all that is used has its default
        // in code.
        Configuration configuration = new Configuration(false);
        configuration.setClass("fs.file.impl", SyncedLocalFiles.class, FileSystem.class);
        // In a process of Spark's, Hadoop's own is in the cache already.
        configuration.setBoolean("fs.file.impl.disable.cache", true);
        configuration.set(SyncedLocalFiles.SYNC, properties.getOrDefault(SyncedLocalFiles.SYNC, "true"));
        // Without this, an array that holds a null cannot be written.
        configuration.setBoolean("parquet.avro.write-old-list-structure", false);
        return new HadoopStorageConfiguration(configuration);
    }

    static HoodieWriteConfig of(
            String basePath, StoredSpec stored, Schema schema, HoodieTableType type, WriteOptions options) {
        Properties pairs = new Properties();
        options.properties().forEach(pairs::setProperty);
        pairs.putIfAbsent("hoodie.parquet.compression.codec", "zstd");
        pairs.putIfAbsent("hoodie.write.lock.provider", LocalFileLock.class.getName());
        pairs.putIfAbsent("hoodie.write.lock.wait_time_ms", "60000");
        // The lock is held while a commit is made, so that the times of commits need no margin for clocks that differ.
        pairs.putIfAbsent("hoodie.time.generator.max_expected_clock_skew_ms", "1");
        // Listing files is what the metadata table saves; a mirror has few, and each of its commits would be two.
        pairs.putIfAbsent("hoodie.metadata.enable", "false");
        pairs.putIfAbsent("hoodie.logfile.data.block.max.size", Long.toString(LOG_BLOCK_BYTES));
        FieldIdWriteSupport.configure(pairs, stored);
        own(options).forEach(pairs::setProperty);
        return HoodieWriteConfig.newBuilder()
                .withEngineType(EngineType.JAVA)
                .withPath(basePath)
                .forTable(stored.spec().schema().table().name())
                .withSchema(schema.toString())
                .withEmbeddedTimelineServerEnabled(false)
                .withProperties(pairs)
                .build();
    }

    /** What a mirror depends on, whatever the user says. */
    static Map<String, String> own(WriteOptions options) {
        String memory = Long.toString(options.memoryBytes());
        return Map.ofEntries(
                Map.entry("hoodie.write.concurrency.mode", "OPTIMISTIC_CONCURRENCY_CONTROL"),
                // A pending commit may be another worker's that is at work: only who holds the table's lease rolls it
                // back.
                Map.entry("hoodie.clean.failed.writes.policy", "LAZY"),
                Map.entry("hoodie.write.markers.type", "DIRECT"),
                Map.entry("hoodie.index.type", options.index().name()),
                Map.entry("hoodie.parquet.bloom.filter.enabled", Boolean.toString(options.index() == Index.BLOOM)),
                Map.entry("hoodie.allow.empty.commit", "true"),
                Map.entry("hoodie.clean.automatic", "false"),
                Map.entry("hoodie.clean.policy", "KEEP_LATEST_COMMITS"),
                Map.entry("hoodie.clean.commits.retained", Integer.toString(options.retainedCommits())),
                Map.entry("hoodie.archive.automatic", "false"),
                // With it, rows of commits that are gone from the middle of the timeline are no longer read.
                Map.entry("hoodie.archive.beyond.savepoint", "false"),
                Map.entry("hoodie.keep.min.commits", Integer.toString(options.retainedCommits() + ARCHIVAL_MARGIN)),
                Map.entry("hoodie.keep.max.commits", Integer.toString(options.retainedCommits() + 2 * ARCHIVAL_MARGIN)),
                Map.entry("hoodie.compact.inline", "false"),
                Map.entry("hoodie.compact.schedule.inline", "false"),
                Map.entry("hoodie.compact.inline.max.delta.commits", Integer.toString(options.compactionCommits())),
                Map.entry("hoodie.parquet.max.file.size", Long.toString(options.fileBytes())),
                Map.entry("hoodie.memory.merge.max.size", memory),
                Map.entry("hoodie.memory.compaction.max.size", memory),
                Map.entry("hoodie.memory.spillable.map.path", options.spill().getAbsolutePath()));
    }
}
