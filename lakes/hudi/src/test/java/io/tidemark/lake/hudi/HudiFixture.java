package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.commit.TableCreation;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.commit.WriteOptions.Index;
import io.tidemark.lake.hudi.row.AvroRows;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.Events;
import io.tidemark.testkit.lake.LakeFeature;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.Transform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.hudi.common.model.HoodieTableType;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** A Hudi lake in a temporary folder, and a way into its files that is not Hudi's. */
public final class HudiFixture implements LakeFixture {
    private static final long TIGHT_BYTES = 1500;

    private final Path folder;
    private final HoodieTableType type;
    private final long memoryBytes;
    private final Index index;
    private final boolean isInline;
    private int states;
    private Lake lake;

    public HudiFixture(Path folder, HoodieTableType type, ApplyMemory memory) {
        this(folder, type, memory, Index.SIMPLE, false);
    }

    HudiFixture(Path folder, HoodieTableType type, ApplyMemory memory, Index index, boolean isInline) {
        this.index = index;
        this.isInline = isInline;
        this.folder = folder;
        this.type = type;
        this.memoryBytes = memory == ApplyMemory.TIGHT ? TIGHT_BYTES : 64L << 20;
        this.lake = open();
    }

    @Override
    public Lake lake() {
        return lake;
    }

    @Override
    public void crash() {
        // Nothing is kept on local disk that an apply does not bring along itself.
        crashAndMove();
    }

    @Override
    public void crashAndMove() {
        states++;
        lake = open();
    }

    @Override
    public Set<LakeFeature> lacks() {
        return Set.of(LakeFeature.RENAME_COLUMN, LakeFeature.WIDEN_DECIMAL, LakeFeature.REWRITE);
    }

    @Override
    public boolean holdsConstant(ColumnType columnType, String value) {
        return false;
    }

    /** Each commit writes files of each partition anew. */
    @Override
    public int simulatedSlices() {
        return Boolean.getBoolean("tidemark.slow") ? 15 : 5;
    }

    @Override
    public boolean partitions(Transform transform, ColumnType columnType) {
        boolean isTime = columnType.equals(ColumnType.TIMESTAMP) || columnType.equals(ColumnType.TIMESTAMP_TZ);
        return switch (transform) {
            case YEAR, MONTH, DAY -> isTime || columnType.equals(ColumnType.DATE);
            case HOUR -> isTime;
            case BUCKET ->
                switch (columnType.kind()) {
                    case INT32, INT64, STRING, UUID, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> true;
                    default -> false;
                };
            case TRUNCATE ->
                switch (columnType.kind()) {
                    case INT32, INT64, STRING -> true;
                    default -> false;
                };
            case IDENTITY ->
                switch (columnType.kind()) {
                    case BOOLEAN, INT32, INT64, STRING, UUID, DATE -> true;
                    default -> false;
                };
        };
    }

    @Override
    public List<List<@Nullable String>> fileRows(PinnedTable pinned, PinnedFile file) {
        return type == HoodieTableType.MERGE_ON_READ
                ? MergedLake.rows(options(), pinned, file)
                : parquetRows(pinned, file);
    }

    /** Rows of a Parquet file, whose columns are found by their ids. */
    static List<List<@Nullable String>> parquetRows(PinnedTable pinned, PinnedFile file) {
        List<Column> columns = new ArrayList<>(pinned.spec().schema().columns());
        if (pinned.spec().deletes() == DeleteMode.SOFT) {
            columns.add(new Column(LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, ""));
        }
        LocalInputFile input = new LocalInputFile(Path.of(file.location()));
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (ParquetFileReader footer = ParquetFileReader.open(input);
                ParquetReader<GenericRecord> reader =
                        AvroParquetReader.<GenericRecord>builder(input).build()) {
            Map<Integer, String> names = new HashMap<>();
            for (Type field : footer.getFileMetaData().getSchema().getFields()) {
                if (field.getId() != null) {
                    names.put(field.getId().intValue(), field.getName());
                }
            }
            for (GenericRecord record = reader.read(); record != null; record = reader.read()) {
                List<ColumnVector> vectors = new ArrayList<>();
                for (int i = 0; i < columns.size(); i++) {
                    ColumnVector vector = ColumnVector.of(columns.get(i).type(), 1);
                    String name = names.get(pinned.fieldIds().get(i));
                    AvroRows.append(vector, name == null ? null : record.get(name));
                    vectors.add(vector);
                }
                rows.add(Events.texts(vectors, 0));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    @Override
    public void close() {
        lake.close();
    }

    private Lake open() {
        HudiLake opened = new HudiLake(folder.resolve("lake"), options(), new TableCreation(type));
        return type == HoodieTableType.MERGE_ON_READ ? new MergedLake(opened, options()) : opened;
    }

    /** Where mirrors are. */
    Path mirrors() {
        return folder.resolve("lake").resolve("mirror");
    }

    WriteOptions options() {
        return new WriteOptions(
                index,
                isInline,
                3,
                5,
                120L << 20,
                memoryBytes,
                folder.resolve("state-" + states).toFile(),
                Map.of("tidemark.sync", "false"));
    }
}
