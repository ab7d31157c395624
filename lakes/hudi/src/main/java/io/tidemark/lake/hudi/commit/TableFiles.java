package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.commit.WriteOptions.Index;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroReaderContext;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.bloom.BloomFilter;
import org.apache.hudi.common.config.HoodieConfig;
import org.apache.hudi.common.config.TypedProperties;
import org.apache.hudi.common.engine.HoodieEngineContext;
import org.apache.hudi.common.fs.FSUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieBaseFile;
import org.apache.hudi.common.model.HoodieFileFormat;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.read.HoodieFileGroupReader;
import org.apache.hudi.common.table.view.HoodieTableFileSystemView;
import org.apache.hudi.common.util.FileFormatUtils;
import org.apache.hudi.common.util.Option;
import org.apache.hudi.common.util.collection.ClosableIterator;
import org.apache.hudi.io.storage.HoodieFileReader;
import org.apache.hudi.io.storage.HoodieIOFactory;
import org.apache.hudi.storage.StoragePath;

/** The file slices of a version: a base file each, log files upon it, or both. */
public final class TableFiles {
    private final HoodieTableMetaClient meta;
    private final String instant;
    private final WriteOptions options;
    private final List<FileSlice> slices;

    /** @param instant the version; empty for none */
    TableFiles(HoodieTableMetaClient meta, String instant, WriteOptions options, List<FileSlice> slices) {
        this.meta = meta;
        this.instant = instant;
        this.options = options;
        this.slices = slices;
    }

    /** @param instant the version; empty for a table that has none */
    static TableFiles of(
            HoodieTableMetaClient meta, HoodieEngineContext context, Optional<String> instant, WriteOptions options) {
        List<FileSlice> slices = new ArrayList<>();
        if (instant.isPresent()) {
            List<String> partitions = FSUtils.getAllPartitionPaths(context, meta, false);
            try (HoodieTableFileSystemView view = HoodieTableFileSystemView.fileListingBasedFileSystemView(
                    context, meta, meta.getActiveTimeline().getCommitsTimeline().filterCompletedInstants())) {
                for (String partition : partitions) {
                    slices.addAll(view.getLatestMergedFileSlicesBeforeOrOn(partition, instant.orElseThrow())
                            .collect(Collectors.toList()));
                }
            }
        }
        return new TableFiles(meta, instant.orElse(""), options, List.copyOf(slices));
    }

    public List<FileSlice> slices() {
        return slices;
    }

    public HoodieTableMetaClient meta() {
        return meta;
    }

    /**
     * Whether a slice may hold one of some keys, by the Bloom filter and the range of keys of its base file.
     *
     * @param keys tells whether any of the keys passes a test
     */
    private boolean mayHold(FileSlice slice, Predicate<Predicate<String>> keys) {
        if (!slice.getBaseFile().isPresent()) {
            return true;
        }
        StoragePath path = slice.getBaseFile().get().getStoragePath();
        FileFormatUtils parquet =
                HoodieIOFactory.getIOFactory(meta.getStorage()).getFileFormatUtils(HoodieFileFormat.PARQUET);
        BloomFilter filter = parquet.readBloomFilterFromMetadata(meta.getStorage(), path);
        if (filter == null) {
            // Written when the index was another one.
            return true;
        }
        if (parquet.getRowCount(meta.getStorage(), path) == 0) {
            return false;
        }
        String[] range = parquet.readMinMaxRecordKeys(meta.getStorage(), path);
        return keys.test(
                key -> range[0].compareTo(key) <= 0 && key.compareTo(range[1]) <= 0 && filter.mightContain(key));
    }

    /**
     * Visits the record keys of a slice's living rows; none, when the index says that it holds none of those looked for.
     *
     * @param keys tells whether any of the keys looked for passes a test
     */
    public void search(
            FileSlice slice, Schema tableSchema, Predicate<Predicate<String>> keys, Consumer<String> visitor) {
        if (options.index() == Index.SIMPLE || mayHold(slice, keys)) {
            keys(slice, tableSchema, visitor);
        }
    }

    /** Visits the record keys of a slice's living rows. */
    public void keys(FileSlice slice, Schema tableSchema, Consumer<String> visitor) {
        if (slice.getLogFiles().findAny().isPresent()) {
            // The base file alone would tell keys that log files delete.
            try (ClosableIterator<IndexedRecord> rows =
                    read(slice, tableSchema, HoodieAvroUtils.getRecordKeySchema())) {
                while (rows.hasNext()) {
                    visitor.accept(rows.next().get(0).toString());
                }
            }
        } else if (slice.getBaseFile().isPresent()) {
            baseKeys(slice.getBaseFile().get(), visitor);
        }
    }

    private void baseKeys(HoodieBaseFile file, Consumer<String> visitor) {
        try (HoodieFileReader<?> reader = HoodieIOFactory.getIOFactory(meta.getStorage())
                        .getReaderFactory(HoodieRecord.HoodieRecordType.AVRO)
                        .getFileReader(new HoodieConfig(), file.getStoragePath());
                ClosableIterator<String> keys = reader.getRecordKeyIterator()) {
            while (keys.hasNext()) {
                visitor.accept(keys.next());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read keys of " + file.getFileName(), e);
        }
    }

    /** The rows of a slice, log files merged, by Hudi's own reader. */
    public ClosableIterator<IndexedRecord> read(FileSlice slice, Schema tableSchema, Schema requested) {
        TypedProperties properties = new TypedProperties();
        properties.setProperty("hoodie.memory.compaction.max.size", Long.toString(options.memoryBytes()));
        properties.setProperty("hoodie.memory.merge.max.size", Long.toString(options.memoryBytes()));
        properties.setProperty(
                "hoodie.memory.spillable.map.path", options.spill().getAbsolutePath());
        HoodieAvroReaderContext reader = new HoodieAvroReaderContext(
                meta.getStorageConf(), meta.getTableConfig(), Option.empty(), Option.empty(), properties);
        HoodieFileGroupReader<IndexedRecord> group = HoodieFileGroupReader.<IndexedRecord>newBuilder()
                .withReaderContext(reader)
                .withHoodieTableMetaClient(meta)
                .withLatestCommitTime(instant)
                .withFileSlice(slice)
                .withDataSchema(tableSchema)
                .withRequestedSchema(requested)
                .withInternalSchema(Option.empty())
                .withShouldUseRecordPosition(false)
                .withProps(properties)
                .build();
        try {
            return group.getClosableIterator();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + slice.getFileGroupId(), e);
        }
    }
}
