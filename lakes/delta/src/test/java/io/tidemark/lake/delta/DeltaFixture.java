package io.tidemark.lake.delta;

import io.tidemark.lake.delta.schema.DeltaSchemas;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.maintain.Compaction;
import io.tidemark.parquet.ParquetBatch;
import io.tidemark.parquet.ParquetBatchReader;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.StoredObject;
import io.tidemark.storage.FolderStore;
import io.tidemark.storage.LakeStorage;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CommitFault;
import io.tidemark.testkit.lake.Events;
import io.tidemark.testkit.lake.LakeFeature;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.Transform;
import io.tidemark.testkit.s3.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A lake in a temporary folder, that can crash. */
public final class DeltaFixture implements LakeFixture {
    private final Path folder;
    private final LakeStorage storage;
    private final ApplyLimits limits;
    private final List<Lake> abandoned = new ArrayList<>();
    private int states;
    private Path state;
    private DeltaLake lake;

    public DeltaFixture(Path folder, ApplyMemory memory) {
        this(
                folder,
                LakeStorage.of(folder.resolve("lake").toString(), new Settings("lake", Map.of(), Map.of())),
                memory);
    }

    private DeltaFixture(Path folder, LakeStorage storage, ApplyMemory memory) {
        this.folder = folder;
        this.storage = storage;
        this.limits = new ApplyLimits(64L << 20, memory == ApplyMemory.TIGHT ? 7 : 1 << 18);
        this.state = folder.resolve("state-0");
        this.lake = open();
    }

    /** The same in a bucket of its own; the state is in the folder. */
    static DeltaFixture inS3(Path folder, S3Server server, ApplyMemory memory) {
        String bucket = server.createBucket("lake-" + UUID.randomUUID());
        Settings settings = new Settings("lake", Map.of(), server.properties());
        return new DeltaFixture(folder, LakeStorage.of(bucket + "/lake", settings), memory);
    }

    @Override
    public DeltaLake lake() {
        return lake;
    }

    Path location() {
        return folder.resolve("lake");
    }

    @Override
    public void crash() {
        Path next = folder.resolve("state-" + ++states);
        copy(state, next);
        restart(next);
    }

    @Override
    public void crashAndMove() {
        restart(folder.resolve("state-" + ++states));
    }

    private void restart(Path next) {
        abandoned.add(lake);
        state = next;
        lake = open();
    }

    @Override
    public Set<LakeFeature> lacks() {
        return EnumSet.of(LakeFeature.WIDEN_DECIMAL);
    }

    @Override
    public boolean holds(ColumnType type) {
        return DeltaSchemas.holds(type);
    }

    @Override
    public boolean holdsConstant(ColumnType type, String value) {
        return false;
    }

    @Override
    public boolean partitions(Transform transform, ColumnType type) {
        boolean isTime = type.equals(ColumnType.TIMESTAMP) || type.equals(ColumnType.TIMESTAMP_TZ);
        return switch (transform) {
            case YEAR, MONTH, DAY -> isTime || type.equals(ColumnType.DATE);
            case HOUR -> isTime;
            case BUCKET, TRUNCATE -> false;
            case IDENTITY ->
                switch (type.kind()) {
                    case BOOLEAN, INT32, INT64, DECIMAL, STRING, DATE -> true;
                    default -> false;
                };
        };
    }

    @Override
    public boolean holdsInPartition(ColumnType type, String value) {
        return switch (type.kind()) {
            case STRING -> !value.isEmpty() && value.length() <= 1000;
            case DATE -> Integer.parseInt(value) > -141_428 && Integer.parseInt(value) <= 2_932_896;
            default -> true;
        };
    }

    @Override
    public List<List<@Nullable String>> fileRows(PinnedTable pinned, PinnedFile file) {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Column column : pinned.spec().schema().columns()) {
            int id = pinned.fieldIds().get(columns.size());
            columns.add(new ParquetColumn(column.name(), column.type(), true, id));
        }
        if (pinned.spec().deletes() == DeleteMode.SOFT) {
            int id = pinned.fieldIds().get(columns.size());
            columns.add(new ParquetColumn(LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, id));
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (ObjectStore files = storage.open();
                ParquetBatchReader reader = ParquetBatchReader.open(files.open(path(file.location())), columns)) {
            for (Optional<ParquetBatch> batch = reader.next(); batch.isPresent(); batch = reader.next()) {
                for (int row = 0; row < batch.orElseThrow().rows(); row++) {
                    rows.add(Events.texts(batch.orElseThrow().columns(), row));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    @Override
    public Set<CommitFault> faults() {
        return EnumSet.allOf(CommitFault.class);
    }

    @Override
    public void failNext(CommitFault fault) {
        FaultyStorage.failNext(fault);
    }

    @Override
    public OptionalLong findBytes(String location) {
        try (ObjectStore files = storage.open()) {
            return files.objects(path(location)).stream()
                    .mapToLong(StoredObject::bytes)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder of the lake. */
    ObjectStore files(String path) {
        return new FolderStore(storage.open(), path);
    }

    private String path(String location) {
        return location.substring(storage.root().length() + 1);
    }

    @Override
    public void close() {
        lake.close();
        abandoned.forEach(Lake::close);
    }

    private DeltaLake open() {
        try {
            Files.createDirectories(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new DeltaLake(
                storage,
                new FaultyStorage(storage.open(), storage.isS3()),
                state,
                limits,
                new Compaction.Rules(16L << 20, 3, 0.3, 1, 256L << 20),
                new DeltaUpkeep.Rules(Clock.systemUTC(), 5, 1, 3, Duration.ZERO, 5, 7, Duration.ofDays(7)));
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
