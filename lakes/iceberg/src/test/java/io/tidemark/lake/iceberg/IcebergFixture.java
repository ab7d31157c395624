package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.maintain.Upkeep;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.parquet.ParquetBatch;
import io.tidemark.parquet.ParquetBatchReader;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.storage.FileIoObjectStore;
import io.tidemark.storage.LakeStorage;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CommitFault;
import io.tidemark.testkit.lake.Events;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.s3.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** A lake in a temporary folder, that can crash, and a second way into its catalog. */
public final class IcebergFixture implements LakeFixture {
    static final Upkeep.Rules EAGER = new Upkeep.Rules(
            Clock.systemUTC(),
            16L << 20,
            3,
            0.3,
            1,
            256L << 20,
            2,
            6,
            3,
            Duration.ZERO,
            5,
            Duration.ofDays(3),
            Duration.ofDays(1));

    private final Path folder;
    private final String root;
    private final Map<String, String> storage;
    private final Map<String, String> texts;
    private final LakeOptions options;
    private final boolean isFaulty;
    private final List<IcebergLake> abandoned = new ArrayList<>();
    private int states;
    private Path state;
    private IcebergLake lake;

    private IcebergFixture(
            Path folder,
            String root,
            Map<String, String> storage,
            String deletes,
            LakeOptions options,
            boolean isFaulty) {
        this.folder = folder;
        this.root = root;
        this.storage = storage;
        this.texts = Map.of("deletes", deletes);
        this.options = options;
        this.isFaulty = isFaulty;
        this.state = folder.resolve("state-0");
        this.lake = open();
    }

    IcebergFixture(Path folder, String deletes, LakeOptions options, boolean isFaulty) {
        this(folder, folder.resolve("lake").toString(), Map.of("tidemark.sync", "false"), deletes, options, isFaulty);
    }

    static IcebergFixture plain(Path folder) {
        return new IcebergFixture(folder, "deletion-vectors", LakeOptions.defaults(), false);
    }

    /** The lake of a contract suite in a bucket of its own; its catalog and state are in the folder. */
    static IcebergFixture inS3(Path folder, S3Server server, ApplyMemory memory) {
        String bucket = server.createBucket("lake-" + UUID.randomUUID());
        Map<String, String> storage = server.properties();
        return new IcebergFixture(folder, bucket, storage, "deletion-vectors", options(memory), true);
    }

    /** The lake of a contract suite, whose catalog can fail. */
    public static IcebergFixture faulty(Path folder, String deletes, ApplyMemory memory) {
        return new IcebergFixture(folder, deletes, options(memory), true);
    }

    private static LakeOptions options(ApplyMemory memory) {
        return options(memory == ApplyMemory.TIGHT ? 7 : 1 << 18);
    }

    static LakeOptions options(int roundKeys) {
        return new LakeOptions(new ApplyLimits(64L << 20, roundKeys), EAGER);
    }

    @Override
    public IcebergLake lake() {
        return lake;
    }

    Path state() {
        return state;
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
    public List<List<@Nullable String>> fileRows(PinnedTable pinned, PinnedFile file) {
        List<ParquetColumn> columns = new ArrayList<>();
        for (Column column : pinned.spec().schema().columns()) {
            int id = pinned.fieldIds().get(columns.size());
            columns.add(new ParquetColumn(column.name(), column.type(), true, id, List.of(), column.initial()));
        }
        if (pinned.spec().deletes() == DeleteMode.SOFT) {
            int id = pinned.fieldIds().get(columns.size());
            columns.add(new ParquetColumn(LakeTableSpec.DELETED_AT, ColumnType.TIMESTAMP_TZ, true, id));
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (FileIO io = CatalogUtil.loadFileIO(properties().get("io-impl"), properties(), null);
                ParquetBatchReader reader =
                        ParquetBatchReader.open(FileIoObjectStore.open(io, file.location()), columns)) {
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
    public OptionalLong findBytes(String location) {
        try (FileIO io = openIo()) {
            InputFile file = io.newInputFile(location);
            return file.exists() ? OptionalLong.of(file.getLength()) : OptionalLong.empty();
        }
    }

    private FileIO openIo() {
        Map<String, String> properties = properties();
        return CatalogUtil.loadFileIO(properties.get("io-impl"), properties, null);
    }

    @Override
    public Set<CommitFault> faults() {
        return isFaulty ? EnumSet.allOf(CommitFault.class) : Set.of(CommitFault.NONE);
    }

    @Override
    public void failNext(CommitFault fault) {
        FaultyCatalog.failNext(fault);
    }

    @Override
    public boolean holdsConstant(ColumnType type, String value) {
        boolean isFinite = switch (type.kind()) {
            case FLOAT32 -> Float.isFinite(Float.intBitsToFloat(Integer.parseUnsignedInt(value, 16)));
            case FLOAT64 -> Double.isFinite(Double.longBitsToDouble(Long.parseUnsignedLong(value, 16)));
            default -> true;
        };
        return texts.containsValue("deletion-vectors") && !type.isNested() && isFinite;
    }

    /** A mirror that nothing was ever loaded into. */
    LakeTable empty(LakeTableSpec spec) {
        TableId table = spec.schema().table();
        lake.openLoad(spec).close();
        foreignCatalog()
                .renameTable(
                        TableIdentifier.of(Namespace.of(table.schema()), table.name() + "_tidemark_load"),
                        TableIdentifier.of(Namespace.of(table.schema()), table.name()));
        return lake.find(table).orElseThrow();
    }

    /** The table as another program sees it. */
    Table foreign(TableId table) {
        return foreignCatalog().loadTable(TableIdentifier.of(Namespace.of(table.schema()), table.name()));
    }

    JdbcCatalog foreignCatalog() {
        JdbcCatalog catalog = new JdbcCatalog();
        catalog.initialize("tidemark", properties());
        return catalog;
    }

    /** All rows by Iceberg's generic reader. */
    List<Record> records(TableId table) {
        List<Record> records = new ArrayList<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(foreign(table)).build()) {
            rows.forEach(row -> records.add(row.copy()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    /** Names of the columns in their order. */
    List<String> columns(TableId table) {
        return foreign(table).schema().columns().stream().map(NestedField::name).toList();
    }

    @Override
    public void close() {
        lake.close();
        abandoned.forEach(IcebergLake::close);
    }

    private IcebergLake open() {
        Map<String, String> properties = new HashMap<>(storage);
        if (isFaulty) {
            properties.putAll(properties());
            properties.put("catalog-impl", FaultyCatalog.class.getName());
        }
        try {
            Files.createDirectories(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return IcebergLake.open(root, new Settings("lake", texts, properties), state, options);
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(
                LakeStorage.of(root, new Settings("lake", texts, storage)).properties());
        // A catalog that is not embedded stays where it is when the process moves.
        Path catalog = isFaulty ? folder : state;
        properties.put("uri", "jdbc:sqlite:" + catalog.resolve("catalog.db"));
        properties.put("jdbc.schema-version", "V1");
        properties.put("jdbc.journal_mode", "WAL");
        properties.put("jdbc.busy_timeout", "30000");
        properties.put("jdbc.synchronous", "OFF");
        properties.put("warehouse", root);
        return properties;
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
