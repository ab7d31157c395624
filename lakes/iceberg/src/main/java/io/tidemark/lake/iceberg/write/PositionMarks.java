package io.tidemark.lake.iceberg.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.DeleteGranularity;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.deletes.SortingPositionOnlyDeleteWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.util.StructLikeMap;

/** Position delete files of format version 2: one for each partition that loses rows. */
final class PositionMarks implements DeleteMarks {
    private final MirrorFiles files;
    private final OutputFileFactory outputs;
    private final Map<Integer, Map<StructLike, SortingPositionOnlyDeleteWriter<Record>>> writers =
            new LinkedHashMap<>();
    private final Map<String, SortingPositionOnlyDeleteWriter<Record>> writerOf = new HashMap<>();
    private final PositionDelete<Record> position = PositionDelete.create();

    PositionMarks(MirrorFiles files) {
        this.files = files;
        this.outputs = OutputFileFactory.builderFor(files.table(), 1, 1)
                .format(FileFormat.PARQUET)
                .suffix("deletes")
                .build();
    }

    @Override
    public void mark(DataFile file, long row) {
        writerOf.computeIfAbsent(file.location(), location -> writer(file)).write(position.set(file.location(), row));
    }

    @Override
    public boolean isEmpty() {
        return writerOf.isEmpty();
    }

    @Override
    public Written write(Function<String, PositionDeleteIndex> previous) throws IOException {
        List<DeleteFile> added = new ArrayList<>();
        for (Map<StructLike, SortingPositionOnlyDeleteWriter<Record>> ofSpec : writers.values()) {
            for (SortingPositionOnlyDeleteWriter<Record> writer : ofSpec.values()) {
                writer.close();
                added.addAll(writer.result().deleteFiles());
            }
        }
        return new Written(
                added,
                List.of(),
                added.stream().mapToLong(DeleteFile::recordCount).sum());
    }

    private SortingPositionOnlyDeleteWriter<Record> writer(DataFile file) {
        PartitionSpec spec = Objects.requireNonNull(files.table().specs().get(file.specId()));
        return writers.computeIfAbsent(spec.specId(), id -> StructLikeMap.create(spec.partitionType()))
                .computeIfAbsent(file.partition(), partition -> writer(spec, partition));
    }

    private SortingPositionOnlyDeleteWriter<Record> writer(PartitionSpec spec, StructLike partition) {
        GenericAppenderFactory appenders = new GenericAppenderFactory(files.schema(), spec);
        return new SortingPositionOnlyDeleteWriter<>(
                () -> appenders.newPosDeleteWriter(
                        spec.isUnpartitioned() ? outputs.newOutputFile() : outputs.newOutputFile(spec, partition),
                        FileFormat.PARQUET,
                        partition),
                DeleteGranularity.PARTITION);
    }
}
