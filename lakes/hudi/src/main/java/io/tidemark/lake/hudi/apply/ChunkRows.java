package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.RoutedRows.Target;
import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.commit.TableCommits.Written;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.PartitionPaths;
import io.tidemark.lake.hudi.schema.RecordKeys;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ChangeBatch;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.client.WriteStatus;

/** Rows of a chunk of a load, kept on local disk beyond a limit until the chunk is committed: as new file groups. Not thread-safe. */
public final class ChunkRows implements AutoCloseable {
    private final RowCodec codec;
    private final RecordKeys keys;
    private final PartitionPaths partitions;
    private final boolean hasKey;
    private final String prefix = UUID.randomUUID() + "_";
    private final RoutedRows rows;
    private long count;

    public ChunkRows(StoredSpec stored, WriteOptions options) {
        this.codec = new RowCodec(stored);
        this.keys = new RecordKeys(stored);
        this.partitions = new PartitionPaths(stored);
        this.hasKey = stored.spec().schema().hasKey();
        this.rows = new RoutedRows(options.spill(), options.memoryBytes());
    }

    public void append(ChangeBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            IndexedRecord record = codec.record(batch, row);
            String partition = partitions.path(record);
            String key = hasKey ? keys.text(batch, row) : prefix + count++;
            rows.add(new Target(partition, ""), Pending.upsert(key, codec.encode(record), partition));
        }
    }

    public Written write(OpenCommit open) {
        FileGroups groups = new FileGroups(open, codec, List.of());
        List<WriteStatus> statuses = List.of();
        for (Target target : rows.targets()) {
            statuses = groups.create(target.partition(), rows.rows(target));
        }
        return new Written(statuses, Map.of());
    }

    @Override
    public void close() {
        rows.close();
    }
}
