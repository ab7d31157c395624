package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.AvroRows;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.lake.DeletedRows;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.lake.SpreadApply;
import io.tidemark.spi.lake.SupportsSpreadApply;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.testkit.lake.Events;
import io.tidemark.testkit.lake.ForwardingLake;
import io.tidemark.testkit.lake.ForwardingLakeTable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.util.collection.ClosableIterator;
import org.jspecify.annotations.Nullable;

/**
 * A lake of merge-on-read tables for suites that compare a version's files with its rows: each base file stands for what it and its log files come to,
 * which no reader of Parquet files can tell.
 */
final class MergedLake extends ForwardingLake {
    private final HudiLake lake;
    private final WriteOptions options;

    MergedLake(HudiLake lake, WriteOptions options) {
        super(lake);
        this.lake = lake;
        this.options = options;
    }

    HudiLake lake() {
        return lake;
    }

    /** Rows of the slice whose base file it is. */
    static List<List<@Nullable String>> rows(WriteOptions options, PinnedTable pinned, PinnedFile file) {
        Path path = Path.of(file.location());
        Path folder = path.getParent();
        while (!folder.resolve(".hoodie").toFile().isDirectory()) {
            folder = folder.getParent();
        }
        TableVersions versions = new TableVersions(folder.toString(), options);
        HoodieTableMetaClient meta = versions.refresh();
        TableFiles files = versions.files(
                meta, versions.find(meta, pinned.progress().version()).orElseThrow());
        for (FileSlice slice : files.slices()) {
            if (slice.getBaseFile()
                    .get()
                    .getFileName()
                    .equals(path.getFileName().toString())) {
                StoredSpec stored = versions.spec(
                                meta,
                                versions.find(meta, pinned.progress().version()).orElseThrow())
                        .orElseThrow();
                return rows(stored, files, slice);
            }
        }
        throw new IllegalStateException("no slice of " + path);
    }

    private static List<List<@Nullable String>> rows(StoredSpec stored, TableFiles files, FileSlice slice) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        Schema schema = new RowCodec(stored).schema();
        try (ClosableIterator<IndexedRecord> records =
                files.read(slice, HoodieAvroUtils.addMetadataFields(schema, false), schema)) {
            while (records.hasNext()) {
                IndexedRecord record = records.next();
                List<ColumnVector> vectors = new ArrayList<>();
                for (ColumnType type : stored.rowTypes()) {
                    ColumnVector vector = ColumnVector.of(type, 1);
                    AvroRows.append(vector, record.get(vectors.size()));
                    vectors.add(vector);
                }
                rows.add(Events.texts(vectors, 0));
            }
        }
        return rows;
    }

    @Override
    protected LakeTable seen(LakeTable table) {
        return new MergedTable(table);
    }

    private final class MergedTable extends ForwardingLakeTable implements SupportsSpreadApply {
        private final LakeTable table;

        MergedTable(LakeTable table) {
            super(table);
            this.table = table;
        }

        @Override
        public SpreadApply beginSpreadApply(LakeProgress expected, long fence) {
            return ((SupportsSpreadApply) table).beginSpreadApply(expected, fence);
        }

        private PinnedTable merged(PinnedTable pinned) {
            List<PinnedFile> files = new ArrayList<>();
            for (PinnedFile file : pinned.files()) {
                long rows = rows(options, pinned, file).size();
                files.add(new PinnedFile(file.location(), rows, file.bytes(), DeletedRows.NONE));
            }
            return new PinnedTable(pinned.spec(), pinned.fieldIds(), pinned.progress(), files);
        }

        @Override
        public PinnedTable pin() {
            return merged(super.pin());
        }

        @Override
        public Optional<PinnedTable> pin(long version) {
            return super.pin(version).map(this::merged);
        }

        @Override
        public Optional<PinnedTable> pinAsOf(Instant time) {
            return super.pinAsOf(time).map(this::merged);
        }
    }
}
