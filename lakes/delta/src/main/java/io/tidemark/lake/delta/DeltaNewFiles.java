package io.tidemark.lake.delta;

import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.FileStats;
import io.tidemark.lake.delta.schema.FileLayout;
import io.tidemark.lake.delta.schema.PartitionField;
import io.tidemark.lake.upsert.table.DataFileWriter;
import io.tidemark.lake.upsert.table.FileWriter;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * New data files. In a partitioned table each is of one partition, which is in the log only: names of files do not tell it, so that values have no
 * limits of the file system's. Not thread-safe.
 */
final class DeltaNewFiles implements NewFiles {
    private final ObjectStore storage;
    private final FileLayout layout;
    private final String kind;
    private final ParquetWriteOptions options;
    private final Map<List<@Nullable String>, Integer> numbers = new HashMap<>();
    private final List<List<@Nullable String>> partitions = new ArrayList<>();

    DeltaNewFiles(ObjectStore storage, FileLayout layout, String kind, ParquetWriteOptions options) {
        this.storage = storage;
        this.layout = layout;
        this.kind = kind;
        this.options = options;
    }

    @Override
    public boolean isPartitioned() {
        return !layout.partitions().isEmpty();
    }

    @Override
    public boolean canShare() {
        return !isPartitioned();
    }

    @Override
    public int partition(List<? extends ColumnVector> vectors, int row) {
        List<@Nullable String> values = new ArrayList<>(layout.partitions().size());
        for (PartitionField field : layout.partitions()) {
            values.add(field.value(vectors.get(field.source()), row));
        }
        return numbers.computeIfAbsent(values, added -> {
            partitions.add(added);
            return partitions.size() - 1;
        });
    }

    @Override
    public FileWriter create(int partition) throws IOException {
        Map<String, @Nullable String> values = new TreeMap<>();
        for (int i = 0; i < layout.partitions().size(); i++) {
            values.put(
                    layout.partitions().get(i).physicalName(),
                    partitions.get(partition).get(i));
        }
        String path = kind + "-" + UUID.randomUUID() + ".parquet";
        return new DataFileWriter(path, storage.create(path), layout.columns(), options, (footer, rows, bytes) -> {
            String stats = FileStats.of(footer, rows, layout.described());
            return new DeltaFile(path, values, rows, bytes, System.currentTimeMillis(), stats, null);
        });
    }
}
